package org.wandagpu.text;

import java.nio.file.AccessDeniedException;

/** Words of libraries, made fit for our one-line messages. */
final class Reason {

    private static final int LONGEST = 200;
    /** Some libraries build causes that lead back to themselves. */
    private static final int DEEPEST = 10;

    private Reason() {
    }

    /** The message of the innermost cause, where libraries say what really happened. */
    static String of(Throwable failure) {
        Throwable innermost = failure;
        for (int depth = 0; depth < DEEPEST && innermost.getCause() != null; depth++) {
            innermost = innermost.getCause();
        }
        if (innermost instanceof AccessDeniedException) { // its message is the file alone
            return "permission denied";
        }
        String message = innermost.getMessage();
        return message == null ? innermost.getClass().getSimpleName() : of(message);
    }

    /** The first line, without control characters, cut at 200 characters. */
    static String of(String message) {
        String line = message.strip().lines().findFirst().orElse("no reason given").replaceAll("\\p{Cntrl}", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
