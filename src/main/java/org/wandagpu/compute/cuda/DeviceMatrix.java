package org.wandagpu.compute.cuda;

import java.util.Locale;
import org.wandagpu.tensor.DType;

/**
 * A row-major matrix without gaps in device memory.
 *
 * @param address of its first element
 * @param dtype F32, F16 or BF16
 */
public record DeviceMatrix(long address, DType dtype, int rows, int columns) {

    /** Bytes that the widest load takes. */
    private static final int VECTOR = 16;

    /** How entries for this element type end. */
    String suffix() {
        return dtype.name().toLowerCase(Locale.ROOT);
    }

    /** Elements of a widest load. */
    int perVector() {
        return VECTOR / dtype.bytes();
    }

    /** Whether every row can be read by widest loads. */
    boolean hasVectorRows() {
        return columns % perVector() == 0 && address % VECTOR == 0;
    }
}
