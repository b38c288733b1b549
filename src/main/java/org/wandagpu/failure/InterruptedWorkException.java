package org.wandagpu.failure;

/** The user interrupted the run. */
public final class InterruptedWorkException extends WandaException {

    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, where, what to do */
    public InterruptedWorkException(String message) {
        super(message, null);
    }

    /**
     * @param message one line: what is wrong, where, what to do
     * @param cause what made it fail, shown with {@code --verbose} only
     */
    public InterruptedWorkException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 130;
    }
}
