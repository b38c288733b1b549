package org.wandagpu.failure;

/** A file that was given cannot be used: damaged, of the wrong kind, or not fitting the others. */
public final class BadInputException extends WandaException {

    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, where, what to do */
    public BadInputException(String message) {
        super(message, null);
    }

    /**
     * @param message one line: what is wrong, where, what to do
     * @param cause what made it fail, shown with {@code --verbose} only
     */
    public BadInputException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 3;
    }
}
