package org.wandagpu.failure;

/** The work itself failed: disk full, no permission, a source that changed under the run. */
public final class WorkFailedException extends WandaException {

    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, where, what to do */
    public WorkFailedException(String message) {
        super(message, null);
    }

    /**
     * @param message one line: what is wrong, where, what to do
     * @param cause what made it fail, shown with {@code --verbose} only
     */
    public WorkFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 1;
    }
}
