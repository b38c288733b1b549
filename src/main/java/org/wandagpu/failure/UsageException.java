package org.wandagpu.failure;

/** The command line asks for something that does not exist or does not fit together. */
public final class UsageException extends WandaException {

    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, where, what to do */
    public UsageException(String message) {
        super(message, null);
    }

    /**
     * @param message one line: what is wrong, where, what to do
     * @param cause what made it fail, shown with {@code --verbose} only
     */
    public UsageException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 2;
    }
}
