package org.wandagpu.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.tensor.DType;

/**
 * Reads the header of a safetensors file as a stream, so that memory holds the entries and never the text, and decides
 * as the official reader does; unlike it, a tensor name that comes twice is refused.
 */
final class HeaderReader {

    private static final Map<String, DType> DTYPES = dtypes();

    private final Path file;
    private final JsonParser json;
    private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    private Map<String, String> metadata;

    private static Map<String, DType> dtypes() {
        Map<String, DType> byName = new LinkedHashMap<>();
        for (DType dtype : DType.values()) {
            byName.put(dtype.name(), dtype);
        }
        return Collections.unmodifiableMap(byName);
    }

    private HeaderReader(Path file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    /**
     * A header.
     *
     * @param metadata texts of {@code __metadata__}, empty where there is none
     * @param tensors entries by name in the order of the file
     */
    record Header(Map<String, String> metadata, Map<String, TensorEntry> tensors) {
    }

    /**
     * Reads a header; where the entries lie in the file is not checked here.
     *
     * @param channel stands at the first byte of the header
     * @throws BadInputException if the header is bad
     * @throws IOException if the file cannot be read
     */
    static Header read(Path file, ReadableByteChannel channel, long headerBytes) throws IOException {
        StrictUtf8Reader text = new StrictUtf8Reader(channel, SafetensorsLayout.LENGTH_BYTES, headerBytes);
        try (JsonParser json = GuardedJson.integersOnly(text, SafetensorsLayout.MAX_HEADER_DEPTH,
                SafetensorsLayout.MAX_HEADER_BYTES)) {
            HeaderReader reader = new HeaderReader(file, json);
            reader.readDocument();
            return new Header(reader.metadata == null ? Map.of() : reader.metadata, reader.tensors);
        } catch (StrictUtf8Reader.NotUtf8Exception e) {
            throw SafetensorsFault.NOT_UTF8.in(file, e.place());
        } catch (StreamConstraintsException e) {
            throw SafetensorsFault.BEYOND_LIMITS.in(file, GuardedJson.reason(e));
        } catch (JsonProcessingException e) {
            throw SafetensorsFault.NOT_JSON.in(file, e.getLocation().getCharOffset(), GuardedJson.reason(e));
        }
    }

    private void readDocument() throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw SafetensorsFault.NOT_AN_OBJECT.in(file);
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals(SafetensorsLayout.METADATA)) {
                readMetadata();
            } else if (tensors.put(checkedName(name), readTensor(name)) != null) {
                throw SafetensorsFault.NAME_TWICE.in(file, Shown.text(name));
            }
        }
        if (json.nextToken() != null) {
            throw SafetensorsFault.AFTER_THE_OBJECT.in(file, json.currentTokenLocation().getCharOffset());
        }
    }

    private String checkedName(String name) {
        // Fewer UTF-16 units than a third of the limit cannot be too long, which spares nearly all names the encoding.
        if (name.length() > SafetensorsLayout.MAX_NAME_BYTES / 3) {
            int bytes = name.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > SafetensorsLayout.MAX_NAME_BYTES) {
                throw SafetensorsFault.NAME_TOO_LONG.in(file, Shown.text(name), bytes);
            }
        }
        return name;
    }

    private void readMetadata() throws IOException {
        if (metadata != null) {
            throw SafetensorsFault.METADATA_TWICE.in(file);
        }
        metadata = new LinkedHashMap<>();
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw SafetensorsFault.METADATA_NOT_TEXT.in(file);
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw SafetensorsFault.METADATA_NOT_TEXT.in(file);
            }
            metadata.put(key, json.getText());
        }
    }

    private TensorEntry readTensor(String name) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw SafetensorsFault.TENSOR_NOT_AN_OBJECT.in(file, Shown.text(name));
        }
        DType dtype = null;
        long[] shape = null;
        long[] offsets = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case SafetensorsLayout.DTYPE -> dtype = once(name, field, dtype, readDType(name));
                case SafetensorsLayout.SHAPE -> shape = once(name, field, shape, readShape(name));
                case SafetensorsLayout.DATA_OFFSETS -> offsets = once(name, field, offsets, readOffsets(name));
                default -> json.skipChildren();
            }
        }
        require(name, SafetensorsLayout.DTYPE, dtype);
        require(name, SafetensorsLayout.SHAPE, shape);
        require(name, SafetensorsLayout.DATA_OFFSETS, offsets);
        return new TensorEntry(name, dtype, shape, offsets[0], offsets[1]);
    }

    private <T> T once(String name, String field, T earlier, T value) {
        if (earlier != null) {
            throw SafetensorsFault.FIELD_TWICE.in(file, Shown.text(name), field);
        }
        return value;
    }

    private void require(String name, String field, Object value) {
        if (value == null) {
            throw SafetensorsFault.FIELD_MISSING.in(file, Shown.text(name), field);
        }
    }

    private DType readDType(String name) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING && DTYPES.containsKey(json.getText())) {
            return DTYPES.get(json.getText());
        }
        String given = json.currentToken().isScalarValue() ? Shown.text(json.getText()) : "that is no text";
        throw SafetensorsFault.UNKNOWN_DTYPE.in(file, Shown.text(name), given, DTYPES.keySet());
    }

    private long[] readShape(String name) throws IOException {
        long[] shape = readIntegers(SafetensorsLayout.MAX_DIMENSIONS);
        if (shape == null) {
            throw SafetensorsFault.BAD_SHAPE.in(file, Shown.text(name));
        }
        if (shape.length > SafetensorsLayout.MAX_DIMENSIONS) {
            throw SafetensorsFault.TOO_MANY_DIMENSIONS.in(file, Shown.text(name));
        }
        return shape;
    }

    private long[] readOffsets(String name) throws IOException {
        long[] offsets = readIntegers(2);
        if (offsets == null || offsets.length != 2) {
            throw SafetensorsFault.BAD_OFFSETS.in(file, Shown.text(name));
        }
        return offsets;
    }

    /** Reads an array of whole numbers from 0 on; null if it is none, one element more than {@code most} if longer. */
    private long[] readIntegers(int most) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            return null;
        }
        long[] values = new long[most + 1];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                    || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    || json.getTextCharacters()[json.getTextOffset()] == '-') {
                return null;
            }
            values[count++] = json.getLongValue();
            if (count > most) {
                return values;
            }
        }
        return Arrays.copyOf(values, count);
    }
}
