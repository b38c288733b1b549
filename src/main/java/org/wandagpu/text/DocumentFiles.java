package org.wandagpu.text;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;

/**
 * Opens files of documents: each is read once from end to end, so that whatever is wrong in it is found before any work
 * is done with it. Plain files are then read in place, compressed ones from a {@link Spool}.
 */
final class DocumentFiles {

    private DocumentFiles() {
    }

    /** @param kind one that holds documents */
    static Documents open(Path file, TextKind kind) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(file + ": no such file; give the path of a file of documents");
        }
        Documents documents;
        try {
            documents = switch (kind) {
                case JSON_LINES -> openJsonLines(file);
                case JSON_LINES_GZIP -> openGzip(file);
                case PARQUET -> openParquet(file);
                case PLAIN, WIKITEXT -> throw new IllegalArgumentException(file + " holds one text, not documents");
            };
        } catch (IOException e) {
            throw new WorkFailedException(file + ": cannot be read: " + Reason.of(e), e);
        }
        if (documents.count() == 0) {
            documents.close();
            throw new BadInputException(file + ": holds no document");
        }
        return documents;
    }

    private static Documents openJsonLines(Path file) throws IOException {
        IndexedDocuments.Ranges ranges = new IndexedDocuments.Ranges();
        try (InputStream stream = Files.newInputStream(file)) {
            new JsonLines(file.toString(), stream).forEach((begin, end, _) -> ranges.add(begin, end));
        }
        return new IndexedDocuments(file.toString(), FileChannel.open(file), ranges,
                line -> JsonLines.textOf(file.toString(), line, 0, line.length));
    }

    private static Documents openGzip(Path file) throws IOException {
        try (InputStream compressed = Files.newInputStream(file);
                InputStream stream = new GZIPInputStream(compressed, 1 << 16);
                Spool spool = new Spool(file)) {
            new JsonLines(file.toString(), stream).forEach((_, _, text) -> spool.add(Utf8.encode(text)));
            return spool.finish();
        } catch (EOFException e) {
            throw new BadInputException(file + ": ends in the middle of its compressed data; fetch the file again", e);
        } catch (ZipException e) {
            throw new BadInputException(file + ": not sound gzip data: " + Reason.of(e) + "; fetch the file again", e);
        }
    }

    private static Documents openParquet(Path file) throws IOException {
        try (Spool spool = new Spool(file)) {
            ParquetTexts.forEach(file, spool::add);
            return spool.finish();
        }
    }
}
