package org.wandagpu.tensor;

/**
 * Element type of a tensor, by the names of the safetensors format.
 *
 * <p>The program computes on {@link #F32}, {@link #F16} and {@link #BF16}; tensors of the other types are copied
 * through unchanged. The order is the one in which a safetensors file lists its tensors, last first.
 */
public enum DType {
    BOOL(8), F4(4), F6_E2M3(6), F6_E3M2(6), U8(8), I8(8), F8_E5M2(8), F8_E4M3(8), F8_E8M0(8), F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8), I16(16), U16(16), F16(16), BF16(16), I32(32), U32(32), F32(32), C64(64), F64(64), I64(64), U64(64);

    private final int bits;

    DType(int bits) {
        this.bits = bits;
    }

    /** Bits of one element; below 8 for packed types. */
    public int bits() {
        return bits;
    }

    /**
     * Bytes of one element.
     *
     * @throws IllegalStateException for a type narrower than a byte
     */
    public int bytes() {
        if (bits % 8 != 0) {
            throw new IllegalStateException("element is not a whole number of bytes: dtype=" + this);
        }
        return bits / 8;
    }

    /** Whether the program can compute on this type. */
    public boolean isComputable() {
        return this == F32 || this == F16 || this == BF16;
    }
}
