package org.wandagpu.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;
import org.wandagpu.tensor.HostTensor;

/** A plain reader of safetensors files for tests: no checks, independent of the program's own reader. */
public final class GoldenFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, HostTensor> tensors = new LinkedHashMap<>();

    /** Reads a whole file. */
    public GoldenFile(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            MemorySegment all = Arena.ofAuto().allocate(bytes.length + 8L, 8);
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, all, 0, bytes.length);
            long header = all.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
            JsonNode root = JSON.readTree(new String(bytes, 8, (int) header, StandardCharsets.UTF_8));
            root.properties().forEach(entry -> {
                if (!entry.getKey().equals("__metadata__")) {
                    JsonNode node = entry.getValue();
                    long begin = node.get("data_offsets").get(0).asLong();
                    long end = node.get("data_offsets").get(1).asLong();
                    long[] shape = new long[node.get("shape").size()];
                    for (int i = 0; i < shape.length; i++) {
                        shape[i] = node.get("shape").get(i).asLong();
                    }
                    tensors.put(entry.getKey(), new HostTensor(entry.getKey(), DType.valueOf(node.get("dtype").asText()),
                            shape, all.asSlice(8 + header + begin, end - begin)));
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All tensors by name. */
    public Map<String, HostTensor> tensors() {
        return tensors;
    }

    /** A tensor's elements as floats; floating-point types only. */
    public float[] floats(String name) {
        HostTensor tensor = tensors.get(name);
        float[] values = new float[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor.dtype()) {
                case F32 -> tensor.bytes().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
                case F16 -> Half.fromF16(tensor.bytes().get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
                case BF16 -> Half.fromBf16(tensor.bytes().get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
                default -> throw new IllegalArgumentException(tensor.toString());
            };
        }
        return values;
    }

    /** A tensor's bytes. */
    public byte[] bytes(String name) {
        return tensors.get(name).bytes().toArray(ValueLayout.JAVA_BYTE);
    }

    /** Rows of 64-bit ids. */
    public int[][] ids(String name) {
        HostTensor tensor = tensors.get(name);
        int[][] rows = new int[(int) tensor.shape()[0]][(int) tensor.shape()[1]];
        for (int i = 0; i < tensor.elements(); i++) {
            rows[i / rows[0].length][i % rows[0].length] =
                    (int) (long) tensor.bytes().get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i);
        }
        return rows;
    }
}
