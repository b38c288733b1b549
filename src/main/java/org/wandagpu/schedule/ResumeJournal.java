package org.wandagpu.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.MapType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The journal of a prune: one line for the run's settings, one for each finished block. A line is the CRC-32C of its
 * JSON text in hexadecimal, a space and the text; a line that was torn or changed ends the journal there, and the
 * blocks behind it are done again.
 */
final class ResumeJournal implements AutoCloseable {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private static final MapType SETTINGS =
            JSON.getTypeFactory().constructMapType(Map.class, String.class, String.class);

    /**
     * A finished block.
     *
     * @param report what was done
     * @param checksums CRC-32C of each pruned weight's bytes by name
     * @param hiddenChecksum CRC-32C of the inputs of the next block, or null where there are none
     */
    record BlockRecord(BlockReport report, Map<String, Long> checksums, Long hiddenChecksum) {
    }

    private final FileChannel channel;
    private Map<String, String> settings;
    private final List<BlockRecord> blocks = new ArrayList<>();
    private final List<Long> endOfRecord = new ArrayList<>();

    /** Opens a journal, new or left by an earlier run, and drops what is damaged at its end. */
    ResumeJournal(Path file) throws IOException {
        byte[] text = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        long valid = read(text);
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.truncate(valid);
        channel.position(valid);
    }

    /** Reads the lines that are whole; returns where the last of them ends. */
    private long read(byte[] text) {
        int begin = 0;
        while (true) {
            int end = begin;
            while (end < text.length && text[end] != '\n') {
                end++;
            }
            if (end == text.length || !accept(new String(text, begin, end - begin, StandardCharsets.UTF_8))) {
                return begin;
            }
            begin = end + 1;
            endOfRecord.add((long) begin);
        }
    }

    private boolean accept(String line) {
        if (line.length() < 10 || line.charAt(8) != ' ' || !checksum(line.substring(9)).equals(line.substring(0, 8))) {
            return false;
        }
        try {
            JsonNode node = JSON.readTree(line.substring(9));
            if (settings == null) {
                settings = JSON.treeToValue(node, SETTINGS);
                return settings != null;
            }
            BlockRecord block = JSON.treeToValue(node, BlockRecord.class);
            boolean inOrder = block != null && block.report() != null && block.checksums() != null
                    && block.report().block() == blocks.size();
            if (inOrder) {
                blocks.add(block);
            }
            return inOrder;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static String checksum(String json) {
        CRC32C crc = new CRC32C();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /** The settings of the run that began the journal, or null if it is empty. */
    Map<String, String> settings() {
        return settings;
    }

    /** The finished blocks in order. */
    List<BlockRecord> blocks() {
        return blocks;
    }

    /** Forgets the blocks from {@code first} on. */
    void dropFrom(int first) throws IOException {
        if (first < blocks.size()) {
            long end = endOfRecord.get(first);
            channel.truncate(end);
            channel.position(end);
            blocks.subList(first, blocks.size()).clear();
            endOfRecord.subList(first + 1, endOfRecord.size()).clear();
        }
    }

    /** Begins a journal with the run's settings. */
    void begin(Map<String, String> runSettings) throws IOException {
        append(runSettings);
        settings = runSettings;
    }

    /** Adds a finished block and makes it durable. */
    void add(BlockRecord block) throws IOException {
        append(block);
        blocks.add(block);
    }

    private void append(Object content) throws IOException {
        String json = JSON.writeValueAsString(content);
        ByteBuffer line = StandardCharsets.UTF_8.encode(checksum(json) + " " + json + "\n");
        while (line.hasRemaining()) {
            channel.write(line);
        }
        channel.force(true);
        endOfRecord.add(channel.position());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
