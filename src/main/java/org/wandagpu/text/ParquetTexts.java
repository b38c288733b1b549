package org.wandagpu.text;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.Validity;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WandaException;

/** The column {@code text} of a Parquet file, from the first row to the last. */
final class ParquetTexts {

    /** Gets each text in order. */
    interface Consumer {

        /** @param text UTF-8, checked */
        void accept(byte[] text);
    }

    /** hardwood says on this logger which decompressor it took; held here because loggers are held weakly. */
    private static final Logger HARDWOOD = Logger.getLogger("dev.hardwood");

    /** What the decompressors on the class path can read. */
    private static final Set<CompressionCodec> READABLE = EnumSet.of(CompressionCodec.UNCOMPRESSED,
            CompressionCodec.SNAPPY, CompressionCodec.GZIP, CompressionCodec.ZSTD);

    /** Rows decoded at once: hardwood's own choice counts columns, not the length of the texts in them. */
    private static final int ROWS_AT_ONCE = 64;

    private ParquetTexts() {
    }

    /**
     * Reads a file.
     *
     * @throws BadInputException if it is not a whole Parquet file, has no column {@code text} of strings, has one that
     *     is nested or compressed in a way we cannot read, a row without a text, or a text that is not UTF-8
     */
    static void forEach(Path file, Consumer consumer) {
        HARDWOOD.setLevel(Level.OFF);
        try (ParquetFileReader reader = ParquetFileReader.open(new CheckedRanges(InputFile.of(file)))) {
            checkColumn(file, reader);
            long rows = forEachRow(file, reader, consumer);
            if (rows != reader.getFileMetaData().numRows()) {
                throw new BadInputException(file + ": holds " + rows + " rows instead of "
                        + reader.getFileMetaData().numRows() + "; fetch or write the file again");
            }
        } catch (WandaException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // hardwood throws many kinds on damaged files
            String reason = e instanceof NullPointerException ? "its footer lacks a part" : Reason.of(e);
            throw new BadInputException(file + ": cannot be read as Parquet: " + reason
                    + "; fetch or write the file again", e);
        }
    }

    private static void checkColumn(Path file, ParquetFileReader reader) {
        var fields = reader.getFileSchema().getRootNode().children();
        SchemaNode text = fields.stream().filter(field -> field.name().equals("text")).findFirst().orElseThrow(() ->
                new BadInputException(file + ": no column \"text\"; it has: "
                        + fields.stream().map(SchemaNode::name).collect(Collectors.joining(", "))));
        if (!(text instanceof SchemaNode.PrimitiveNode column) || column.type() != PhysicalType.BYTE_ARRAY
                || column.maxRepetitionLevel() > 0) {
            throw new BadInputException(file + ": the column \"text\" does not hold one string a row");
        }
        for (RowGroup group : reader.getFileMetaData().rowGroups()) {
            CompressionCodec codec = group.columns().get(column.columnIndex()).metaData().codec();
            if (!READABLE.contains(codec)) {
                throw new BadInputException(file + ": the column \"text\" is compressed with " + codec
                        + "; write the file with snappy, gzip or zstd");
            }
        }
    }

    private static long forEachRow(Path file, ParquetFileReader reader, Consumer consumer) {
        long rows = 0;
        try (ColumnReader column = reader.buildColumnReader("text").batchSize(ROWS_AT_ONCE).build()) {
            while (column.nextBatch()) {
                acceptBatch(file, column, rows, consumer);
                rows += column.getRecordCount();
            }
        }
        return rows;
    }

    private static void acceptBatch(Path file, ColumnReader column, long firstRow, Consumer consumer) {
        byte[] values = column.getBinaryValues();
        int[] offsets = column.getBinaryOffsets();
        Validity validity = column.getLeafValidity();
        for (int i = 0; i < column.getRecordCount(); i++) {
            if (validity.isNull(i)) {
                throw new BadInputException(file + ", row " + (firstRow + i + 1) + ": no text (null)");
            }
            byte[] text = Arrays.copyOfRange(values, offsets[i], offsets[i + 1]);
            int valid = Utf8.firstWrongByte(text);
            if (valid < text.length) {
                throw new BadInputException(file + ", row " + (firstRow + i + 1) + ": not UTF-8 at byte " + valid
                        + " of the text");
            }
            consumer.accept(text);
        }
    }
}
