package org.wandagpu.failure;

/** A device has no room for an allocation: the one failure of a device that less work at once can cure. */
public final class OutOfDeviceMemoryException extends DeviceException {

    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, where, what to do */
    public OutOfDeviceMemoryException(String message) {
        super(message);
    }
}
