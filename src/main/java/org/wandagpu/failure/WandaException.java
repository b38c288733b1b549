package org.wandagpu.failure;

/** An expected end of a run: its message is shown to the user as it stands, without a stack trace. */
public abstract sealed class WandaException extends RuntimeException
        permits UsageException, BadInputException, WorkFailedException, DeviceException, InterruptedWorkException {

    private static final long serialVersionUID = 1L;

    WandaException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The process exit code of this kind of failure. */
    public abstract int exitCode();
}
