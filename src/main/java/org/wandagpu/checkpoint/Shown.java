package org.wandagpu.checkpoint;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Makes text from a file fit to stand in a message: one line, of bounded length, without control characters. */
final class Shown {

    private static final int LONGEST = 120;

    private Shown() {
    }

    /** The text with invisible and control characters escaped, cut after 120 characters. */
    static String text(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length() && shown.length() < LONGEST; i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                shown.append(c);
            } else {
                shown.append(String.format("\\u%04x", (int) c));
            }
        }
        return shown.length() < LONGEST ? shown.toString() : shown.substring(0, LONGEST - 3) + "...";
    }

    /** Why an access failed: the system's own words, or ours where Java says it by a type of exception alone. */
    static String reason(IOException failure) {
        String message = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        if (message != null) {
            return text(message);
        }
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "there is no such file";
            case FileAlreadyExistsException _ -> "it exists already";
            case ClosedByInterruptException _ -> "interrupted";
            default -> failure.getClass().getSimpleName();
        };
    }

    /** Letters, marks, digits, punctuation, symbols and the space; surrogates pass since pairs are common text. */
    private static boolean isPlain(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
