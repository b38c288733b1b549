package org.wandagpu.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wandagpu.failure.BadInputException;

/**
 * Files of text, by the end of their name: {@code .txt} one text, {@code .raw} WikiText rows, {@code .jsonl},
 * {@code .json.gz}, {@code .jsonl.gz} and {@code .parquet} documents with a field or column {@code text}.
 *
 * <p>Every method throws {@link org.wandagpu.failure.UsageException} for another ending, {@link BadInputException} for
 * a file that is missing, empty, damaged or not UTF-8, and {@link org.wandagpu.failure.WorkFailedException} if it
 * cannot be read.
 */
public final class TextFiles {

    private TextFiles() {
    }

    /** Whether a file's kind is one for {@link #openDocuments}; otherwise its text is one long row. */
    public static boolean holdsDocuments(Path file) {
        return TextKind.of(file).holdsDocuments();
    }

    /**
     * Opens the documents of a file, after a check of all of them. Takes little memory whatever the size: a compressed
     * file's texts go to a temporary file.
     */
    public static Documents openDocuments(Path file) {
        return DocumentFiles.open(file, TextKind.of(file));
    }

    /** The one text that calibration windows are drawn from: a text as it stands, or rows joined with a space. */
    public static String readRow(Path file) {
        return read(file, " ");
    }

    /**
     * The one text that perplexity is measured on: a text as it stands, or rows joined with two line breaks
     * (reference-semantics §11).
     */
    public static String readEvaluationText(Path file) {
        return read(file, "\n\n");
    }

    private static String read(Path file, String separator) {
        String text = switch (TextKind.of(file)) {
            case PLAIN -> Utf8.read(file);
            case WIKITEXT -> String.join(separator, wikitextRows(Utf8.read(file)));
            case JSON_LINES, JSON_LINES_GZIP, PARQUET -> joined(file, separator);
        };
        if (text.isBlank()) {
            throw new BadInputException(file + ": holds no text");
        }
        return text;
    }

    private static String joined(Path file, String separator) {
        try (Documents documents = openDocuments(file)) {
            StringBuilder text = new StringBuilder(documents.text(0));
            for (int i = 1; i < documents.count(); i++) {
                text.append(separator).append(documents.text(i));
            }
            return text.toString();
        }
    }

    /** The data set's rows: a line keeps its line break; one of white space only is the empty string. */
    private static List<String> wikitextRows(String text) {
        List<String> rows = new ArrayList<>();
        for (int begin = 0; begin < text.length();) {
            int lineBreak = text.indexOf('\n', begin);
            int end = lineBreak < 0 ? text.length() : lineBreak + 1;
            String row = text.substring(begin, end);
            rows.add(row.chars().allMatch(TextFiles::isWhiteSpaceInPython) ? "" : row);
            begin = end;
        }
        return rows;
    }

    /** Java's notion leaves out the next-line character and the spaces that do not break. */
    private static boolean isWhiteSpaceInPython(int character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == '\u0085';
    }
}
