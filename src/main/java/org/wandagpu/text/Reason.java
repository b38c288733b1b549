package org.wandagpu.text;

/** Words of libraries, made fit for our one-line messages. */
final class Reason {

    private static final int LONGEST = 200;

    private Reason() {
    }

    /** The message of the innermost cause, where libraries say what really happened. */
    static String of(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null && innermost.getCause() != innermost && !isWrapped(innermost)) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return message == null ? innermost.getClass().getSimpleName() : of(message);
    }

    /** Some libraries build a cause that has its own wrapper among its causes: following it would never end. */
    private static boolean isWrapped(Throwable failure) {
        return failure.getCause().getCause() == failure;
    }

    /** The first line, without control characters, cut at 200 characters. */
    static String of(String message) {
        String line = message.strip().lines().findFirst().orElse("no reason given").replaceAll("\\p{Cntrl}", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
