package org.wandagpu.failure;

/** A device failed or is not there, or memory ran out. */
public sealed class DeviceException extends WandaException permits OutOfDeviceMemoryException {

    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, where, what to do */
    public DeviceException(String message) {
        super(message, null);
    }

    /**
     * @param message one line: what is wrong, where, what to do
     * @param cause what made it fail, shown with {@code --verbose} only
     */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 4;
    }
}
