package org.wandagpu.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.wandagpu.failure.UsageException;

/** What a file of text is, decided by the end of its name. */
enum TextKind {

    /** One text as it stands. */
    PLAIN(".txt"),
    /** WikiText: one row a line. */
    WIKITEXT(".raw"),
    /** One JSON object a line, its text under the key {@code text}. */
    JSON_LINES(".jsonl"),
    /** The same, compressed. */
    JSON_LINES_GZIP(".json.gz", ".jsonl.gz"),
    /** A table with a column {@code text}. */
    PARQUET(".parquet");

    private final List<String> endings;

    TextKind(String... endings) {
        this.endings = List.of(endings);
    }

    /** @throws UsageException if the name ends like none of them, with the list of those it may */
    static TextKind of(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        for (TextKind kind : values()) {
            if (kind.endings.stream().anyMatch(name::endsWith)) {
                return kind;
            }
        }
        throw new UsageException(file + ": cannot tell from the name what kind of text it is; it may end in .txt (one "
                + "text), .raw (WikiText), .jsonl, .json.gz, .jsonl.gz or .parquet (documents with a field \"text\")");
    }

    boolean holdsDocuments() {
        return this == JSON_LINES || this == JSON_LINES_GZIP || this == PARQUET;
    }
}
