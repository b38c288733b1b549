package org.wandagpu.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wandagpu.failure.BadInputException;

/**
 * Reads JSON that somebody else wrote: one object, strict UTF-8, no name twice, and bounds on size, depth and numbers,
 * so that no file can exhaust memory or the stack.
 */
public final class GuardedJson {

    private static final ObjectMapper TREES = new ObjectMapper();

    /** Digits of the longest integer of 64 bits, and its sign. */
    private static final int INTEGER_DIGITS = 20;

    /** Numbers in configurations are doubles printed in full, at most 25 characters; some writers pad them. */
    private static final int NUMBER_DIGITS = 100;

    private static final int NAME_CHARACTERS = 4096;

    private GuardedJson() {
    }

    /**
     * Reads a file that holds one JSON object.
     *
     * @param file a regular file
     * @param maxDepth deepest nesting of objects and arrays
     * @param maxBytes longest file; the tree in memory takes about 20 times that in the worst case
     * @throws BadInputException naming file, line and column
     */
    public static JsonNode readObject(Path file, int maxDepth, int maxBytes) {
        try (SeekableByteChannel channel = open(file, maxBytes);
                JsonParser parser = factory(maxDepth, maxBytes, NUMBER_DIGITS, true)
                        .createParser(new StrictUtf8Reader(channel, 0, channel.size()))) {
            JsonNode root = TREES.readTree(parser);
            if (root == null || !root.isObject()) {
                throw new BadInputException(file + ": is not a JSON object; take the file that came with the model");
            }
            if (parser.nextToken() != null) {
                throw new BadInputException(file + place(parser.currentTokenLocation())
                        + ": something follows the JSON object; take the file that came with the model");
            }
            return root;
        } catch (IOException e) {
            throw bad(file, e);
        }
    }

    /** Opens a regular file of bounded size. */
    static SeekableByteChannel open(Path file, long maxBytes) throws IOException {
        if (!Files.isRegularFile(file)) {
            String fault = Files.exists(file) ? ": is not a regular file" : ": there is no such file";
            throw new BadInputException(file + fault + "; take the file that came with the model");
        }
        SeekableByteChannel channel = Files.newByteChannel(file);
        if (channel.size() > maxBytes) {
            long size = channel.size();
            channel.close();
            throw new BadInputException(file + ": has " + size + " bytes, more than the " + maxBytes
                    + " allowed; take the file that came with the model");
        }
        return channel;
    }

    /** A parser for documents whose numbers are 64-bit integers and whose names the caller checks for repetition. */
    static JsonParser integersOnly(Reader text, int maxDepth, long maxLength) throws IOException {
        return factory(maxDepth, maxLength, INTEGER_DIGITS, false).createParser(text);
    }

    private static JsonFactory factory(int maxDepth, long maxLength, int maxDigits, boolean refuseDuplicates) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(maxDepth)
                        .maxDocumentLength(maxLength)
                        .maxStringLength(Math.toIntExact(maxLength))
                        .maxNameLength(NAME_CHARACTERS)
                        .maxNumberLength(maxDigits)
                        .build())
                .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, refuseDuplicates)
                // A table of a million names that occur once each would only cost memory.
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
    }

    /** Turns what reading a file ran into into a sentence. */
    static BadInputException bad(Path file, IOException failure) {
        String advice = "; take the file that came with the model";
        return switch (failure) {
            case StrictUtf8Reader.NotUtf8Exception e ->
                    new BadInputException(file + ": byte " + e.place() + " is not UTF-8" + advice, e);
            case JsonProcessingException e ->
                    new BadInputException(file + place(e.getLocation()) + ": " + reason(e) + advice, e);
            default -> new BadInputException(file + ": cannot be read (" + Shown.reason(failure)
                    + "); check the path and its permissions", failure);
        };
    }

    /** Jackson's own words on one line, without its location and its hints to programmers. */
    static String reason(JsonProcessingException e) {
        return Shown.text(e.getOriginalMessage().replaceAll(", from `[^`]*`|: enable `[^`]*` to allow", ""));
    }

    private static String place(JsonLocation location) {
        return location == null ? "" : ", line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
