package org.wandagpu.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.wandagpu.tensor.Half;
import org.wandagpu.tensor.HostTensor;

/**
 * A weight that is NaN or infinite.
 *
 * @param tensor the tensor's name
 * @param row its row, all dimensions but the last counted as one; 0 in a vector
 * @param column its place in the row
 * @param value NaN or an infinity
 */
public record NonFinite(String tensor, long row, long column, float value) {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * The first NaN or infinity of a tensor in the order of its elements, or null if all are finite. One element at a
     * time: meant for saying where a bad weight is, once a fast check has found that there is one.
     *
     * @param tensor F32, F16 or BF16
     */
    public static NonFinite first(HostTensor tensor) {
        long[] shape = tensor.shape();
        long columns = shape.length == 0 ? 1 : shape[shape.length - 1];
        long elements = tensor.elements();
        for (long i = 0; i < elements; i++) {
            float value = value(tensor, i);
            if (!Float.isFinite(value)) {
                return new NonFinite(tensor.name(), i / columns, i % columns, value);
            }
        }
        return null;
    }

    private static float value(HostTensor tensor, long index) {
        MemorySegment bytes = tensor.bytes();
        return switch (tensor.dtype()) {
            case F32 -> bytes.get(FLOAT, 4 * index);
            case F16 -> Half.fromF16(bytes.get(SHORT, 2 * index));
            case BF16 -> Half.fromBf16(bytes.get(SHORT, 2 * index));
            default -> throw new IllegalArgumentException("not a type to compute on: " + tensor);
        };
    }

    @Override
    public String toString() {
        return "tensor " + Shown.text(tensor) + ", row " + row + ", column " + column + " is " + value;
    }
}
