package org.wandagpu.compute.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;

/** Values as they lie in device memory. */
final class DeviceBytes {

    private DeviceBytes() {
    }

    static byte[] of(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static byte[] of(OracleWeights weights) {
        int size = weights.dtype().bytes();
        ByteBuffer bytes = ByteBuffer.allocate(size * weights.bits().length).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits : weights.bits()) {
            if (weights.dtype() == DType.F32) {
                bytes.putInt(bits);
            } else {
                bytes.putShort((short) bits);
            }
        }
        return bytes.array();
    }

    static float[] toFloats(byte[] bytes) {
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
