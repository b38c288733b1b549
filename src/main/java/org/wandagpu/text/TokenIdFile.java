package org.wandagpu.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;

/** A file of token ids: a JSON array of rows, each an array of as many ids. */
public final class TokenIdFile {

    private final String where;
    private final int vocabularySize;
    private final JsonParser parser;
    private final List<int[]> rows = new ArrayList<>();

    private TokenIdFile(Path file, int vocabularySize, JsonParser parser) {
        this.where = file.toString();
        this.vocabularySize = vocabularySize;
        this.parser = parser;
    }

    /**
     * Reads a file.
     *
     * @param vocabularySize every id must be below it
     * @return at least one row, all of the same length, which is at least 1
     * @throws BadInputException if the file is not that, with row and column (both counted from 0)
     */
    public static List<int[]> read(Path file, int vocabularySize) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(file + ": no such file; give a JSON file with an array of arrays of token ids");
        }
        try (InputStream stream = Files.newInputStream(file); JsonParser parser = Json.FACTORY.createParser(stream)) {
            return new TokenIdFile(file, vocabularySize, parser).readRows();
        } catch (JsonProcessingException e) {
            throw Json.broken(file.toString(), e);
        } catch (IOException e) {
            throw new WorkFailedException(file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    private List<int[]> readRows() throws IOException {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw new BadInputException(where + ": not a JSON array; it must be an array of arrays of token ids");
        }
        while (parser.nextToken() == JsonToken.START_ARRAY) {
            int[] row = readRow();
            if (row.length != rows.getFirst().length) {
                throw new BadInputException(where + ": row " + (rows.size() - 1) + " has " + row.length
                        + " ids, row 0 has " + rows.getFirst().length + "; all rows must be of one length");
            }
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw new BadInputException(where + ": row " + rows.size() + " is not an array of token ids");
        }
        if (parser.nextToken() != null) {
            throw new BadInputException(where + ": something follows the array of rows");
        }
        if (rows.isEmpty() || rows.getFirst().length == 0) {
            throw new BadInputException(where + ": holds no token ids");
        }
        return rows;
    }

    private int[] readRow() throws IOException {
        IntStream.Builder ids = IntStream.builder();
        for (int column = 0; parser.nextToken() != JsonToken.END_ARRAY; column++) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw bad(column, Reason.of(parser.getText()) + " is not an integer");
            }
            if (parser.getNumberType() != NumberType.INT || parser.getIntValue() < 0
                    || parser.getIntValue() >= vocabularySize) {
                throw bad(column, "token id " + parser.getText() + " is not in the vocabulary of " + vocabularySize);
            }
            ids.add(parser.getIntValue());
        }
        int[] row = ids.build().toArray();
        rows.add(row);
        return row;
    }

    private BadInputException bad(int column, String what) {
        return new BadInputException(where + ": row " + rows.size() + ", column " + column + ": " + what);
    }
}
