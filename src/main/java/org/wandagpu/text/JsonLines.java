package org.wandagpu.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.StringJoiner;
import org.wandagpu.failure.BadInputException;

/** A stream of lines, each a JSON object with a string {@code text}; lines of white space only are passed over. */
final class JsonLines {

    /** Gets each document in order. */
    interface Consumer {

        /**
         * @param begin offset of the line's first byte in the stream
         * @param end offset behind its last byte
         */
        void accept(long begin, long end, String text) throws IOException;
    }

    private final String where;
    private final InputStream stream;
    private byte[] buffer = new byte[1 << 16];
    private int filled;
    /** Offset in the stream of the buffer's first byte, which is where a line begins. */
    private long offset;
    private long lineNumber;

    /** @param where the file, for messages */
    JsonLines(String where, InputStream stream) {
        this.where = where;
        this.stream = stream;
    }

    /**
     * Reads to the end of the stream.
     *
     * @throws BadInputException if a line is not what it should be, with its number and what is wrong
     * @throws IOException if the stream or the consumer throws it
     */
    void forEach(Consumer consumer) throws IOException {
        int searched = 0;
        while (true) {
            int read = stream.read(buffer, filled, buffer.length - filled);
            filled += Math.max(read, 0);
            int begin = 0;
            for (int i = searched; i < filled; i++) {
                if (buffer[i] == '\n') {
                    accept(begin, i, consumer);
                    begin = i + 1;
                }
            }
            if (read < 0) {
                accept(begin, filled, consumer);
                return;
            }
            dropTo(begin);
            searched = filled;
        }
    }

    /** Forgets the lines before {@code begin} and makes room for more of the one that begins there. */
    private void dropTo(int begin) {
        System.arraycopy(buffer, begin, buffer, 0, filled - begin);
        offset += begin;
        filled -= begin;
        if (filled == buffer.length) {
            if (buffer.length >= Json.LONGEST_TEXT) {
                throw new BadInputException(where + ", line " + (lineNumber + 1) + ": longer than "
                        + (Json.LONGEST_TEXT >> 20) + " MiB; cut the document into several");
            }
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
    }

    private void accept(int begin, int end, Consumer consumer) throws IOException {
        lineNumber++;
        if (!isBlank(begin, end)) {
            String text = textOf(where + ", line " + lineNumber, buffer, begin, end - begin);
            consumer.accept(offset + begin, offset + end, text);
        }
    }

    private boolean isBlank(int begin, int end) {
        for (int i = begin; i < end; i++) {
            if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    /**
     * The {@code text} of one line.
     *
     * @param where file and line, for messages
     */
    static String textOf(String where, byte[] bytes, int begin, int length) {
        try (JsonParser parser = Json.FACTORY.createParser(bytes, begin, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadInputException(where + ": not a JSON object; each line is one, like {\"text\": \"...\"}");
            }
            String text = null;
            StringJoiner others = new StringJoiner(", ").setEmptyValue("nothing");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (!field.equals("text")) {
                    others.add(field);
                    parser.skipChildren();
                } else if (value == JsonToken.VALUE_STRING) {
                    text = parser.getText();
                } else {
                    throw new BadInputException(where + ": the field \"text\" is not a string");
                }
            }
            if (parser.nextToken() != null) {
                throw new BadInputException(where + ": more than one JSON object; each line is one");
            }
            if (text == null) {
                throw new BadInputException(where + ": no field \"text\"; it has: " + Reason.of(others.toString()));
            }
            return text;
        } catch (JsonProcessingException e) {
            throw new BadInputException(where + ", column " + e.getLocation().getColumnNr() + ": not valid JSON: "
                    + Reason.of(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot fail", e);
        }
    }
}
