package org.wandagpu.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A weight file with a header of its own, written as the safetensors library does: tensors by descending element type,
 * then by name; header padded with spaces so that the data is aligned.
 *
 * @param metadata texts of {@code __metadata__}
 * @param members its tensors in the order of the file
 */
record NewShard(Map<String, String> metadata, List<Member> members) {

    private static final Comparator<Member> AS_THE_LIBRARY_ORDERS = Comparator
            .comparing((Member member) -> member.entry().dtype()).reversed()
            .thenComparing(member -> member.entry().name());

    /**
     * A tensor and the file it is taken from.
     */
    record Member(SafetensorsFile home, TensorEntry entry) {
    }

    /** Fills files of at most {@code maxBytes} bytes of tensors, greedily in the order of the source. */
    static List<NewShard> fill(Checkpoint source, long maxBytes) {
        Map<String, String> metadata = metadata(source);
        List<NewShard> shards = new ArrayList<>();
        List<Member> members = new ArrayList<>();
        long bytes = 0;
        for (SafetensorsFile file : source.shards()) {
            for (TensorEntry entry : file.entries().values()) {
                if (!members.isEmpty() && bytes + entry.byteSize() > maxBytes) {
                    shards.add(of(metadata, members));
                    members = new ArrayList<>();
                    bytes = 0;
                }
                members.add(new Member(file, entry));
                bytes += entry.byteSize();
            }
        }
        shards.add(of(metadata, members));
        return shards;
    }

    private static NewShard of(Map<String, String> metadata, List<Member> members) {
        members.sort(AS_THE_LIBRARY_ORDERS);
        return new NewShard(metadata, members);
    }

    /** What all source files say, and the format's name, without which older transformers refuse a file. */
    private static Map<String, String> metadata(Checkpoint source) {
        Map<String, String> metadata = new LinkedHashMap<>();
        source.shards().forEach(file -> file.metadata().forEach(metadata::putIfAbsent));
        metadata.putIfAbsent("format", "pt");
        return metadata;
    }

    /** Bytes of all tensors. */
    long tensorBytes() {
        return members.stream().mapToLong(member -> member.entry().byteSize()).sum();
    }

    /** Length and header as they stand at the beginning of the file. */
    byte[] header() {
        byte[] json = json();
        int alignment = SafetensorsLayout.WRITTEN_ALIGNMENT;
        int padded = Math.ceilDiv(json.length, alignment) * alignment;
        byte[] text = Arrays.copyOf(json, padded);
        Arrays.fill(text, json.length, padded, (byte) ' ');
        return ByteBuffer.allocate(SafetensorsLayout.LENGTH_BYTES + padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put(text)
                .array();
    }

    private byte[] json() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeObjectFieldStart(SafetensorsLayout.METADATA);
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            long begin = 0;
            for (Member member : members) {
                TensorEntry entry = member.entry();
                json.writeObjectFieldStart(entry.name());
                json.writeStringField(SafetensorsLayout.DTYPE, entry.dtype().name());
                json.writeFieldName(SafetensorsLayout.SHAPE);
                json.writeArray(entry.shape(), 0, entry.shape().length);
                json.writeFieldName(SafetensorsLayout.DATA_OFFSETS);
                json.writeArray(new long[] {begin, begin + entry.byteSize()}, 0, 2);
                json.writeEndObject();
                begin += entry.byteSize();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return text.toByteArray();
    }
}
