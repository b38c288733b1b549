package org.wandagpu.made;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;

/** Writes safetensors files for tests. */
final class MadeFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private MadeFile() {
    }

    /**
     * A tensor.
     *
     * @param dtype F32, F16, BF16 (rounded to nearest) or BOOL
     */
    record Content(DType dtype, long[] shape, float[] values) {

        long bytes() {
            return (long) values.length * dtype.bytes();
        }

        private byte[] encoded() {
            ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(bytes())).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : values) {
                switch (dtype) {
                    case F32 -> buffer.putFloat(value);
                    case F16 -> buffer.putShort(Half.toF16(value));
                    case BF16 -> buffer.putShort(Half.toBf16(value));
                    case BOOL -> buffer.put((byte) (value == 0 ? 0 : 1));
                    default -> throw new IllegalArgumentException(dtype.toString());
                }
            }
            return buffer.array();
        }
    }

    /** @param oddDataStart pads the header so that the data starts at an odd address */
    static void write(Path file, Map<String, Content> tensors, boolean oddDataStart) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        long offset = 0;
        for (Map.Entry<String, Content> entry : tensors.entrySet()) {
            ObjectNode node = header.putObject(entry.getKey());
            node.put("dtype", entry.getValue().dtype().name());
            node.set("shape", JSON.valueToTree(entry.getValue().shape()));
            node.putArray("data_offsets").add(offset).add(offset + entry.getValue().bytes());
            offset += entry.getValue().bytes();
        }
        String json = header.toString();
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        int padding = oddDataStart ? 1 - length % 2 : -length & 7;
        byte[] text = (json + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
            out.write(text);
            for (Content content : tensors.values()) {
                out.write(content.encoded());
            }
        }
    }
}
