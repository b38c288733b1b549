package org.wandagpu.simulator;

import org.wandagpu.failure.DeviceException;

/** Lays out kernel arguments. */
final class Parameters {

    private Parameters() {
    }

    static byte[] pack(PtxKernel kernel, Object... values) {
        int[] offsets = kernel.parameterOffsets();
        if (values.length != offsets.length) {
            throw new DeviceException("%s takes %d arguments, not %d".formatted(kernel.name(), offsets.length,
                    values.length));
        }
        byte[] packed = new byte[kernel.parameterBytes()];
        for (int i = 0; i < values.length; i++) {
            put(packed, offsets[i], values[i]);
        }
        return packed;
    }

    private static void put(byte[] packed, int at, Object value) {
        switch (value) {
            case Long number -> Bytes.put(packed, at, 8, number);
            case Integer number -> Bytes.put(packed, at, 4, number);
            case Float number -> Bytes.put(packed, at, 4, Float.floatToRawIntBits(number));
            case Double number -> Bytes.put(packed, at, 8, Double.doubleToRawLongBits(number));
            case Short number -> Bytes.put(packed, at, 2, number);
            case Byte number -> Bytes.put(packed, at, 1, number);
            case byte[] struct -> System.arraycopy(struct, 0, packed, at, struct.length);
            default -> throw new DeviceException("no kernel argument of " + value.getClass().getSimpleName());
        }
    }
}
