package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleSelection;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;

/** Runs a selection on every element type, kind of values and number of threads; compares bits with the oracle's. */
public final class SelectionCases {

    public static final DType[] DTYPES = {DType.F32, DType.F16, DType.BF16};

    private SelectionCases() {
    }

    /** A statistic with hostile entries among ordinary ones; for odd seeds with input norms below 2¹⁶ or infinite. */
    public static float[] statistic(int columns, long seed) {
        Random random = new Random(seed);
        float[] s = new float[columns];
        for (int j = 0; j < columns; j++) {
            s[j] = switch (random.nextInt(40)) {
                case 0 -> 0f;
                case 1 -> Float.NaN;
                case 2 -> Float.POSITIVE_INFINITY;
                case 3 -> Float.MIN_VALUE;
                case 4 -> seed % 2 == 0 ? Float.MAX_VALUE : 4e9f;
                case 5 -> 1e7f;
                case 6 -> -0f;
                default -> (float) Math.exp(random.nextGaussian());
            };
        }
        return s;
    }

    /**
     * Compares on all kinds of values and element types.
     *
     * @param operation the operation on {@code (w, s)} of a device
     * @param expected the oracle's choice
     */
    static void compare(int rows, int columns, String name, Function<Ops, BiConsumer<Tensor, Tensor>> operation,
            Function<OracleSelection, boolean[]> expected) {
        onDevices((device, threads) -> {
            for (OracleWeights.Kind kind : OracleWeights.Kind.values()) {
                for (DType dtype : DTYPES) {
                    long seed = 31L * rows + columns + kind.ordinal();
                    OracleWeights dense = OracleWeights.random(kind, dtype, rows, columns, seed);
                    float[] s = seed % 3 == 0 ? null : statistic(columns, seed);
                    try (Tensor w = dense.on(device); Tensor statistic = tensor(device, s)) {
                        operation.apply(device.ops()).accept(w, statistic);
                        assertThat(OracleWeights.bitsOf(w))
                                .as("%s of %s[%d, %d] %s, seed %d, threads %d", name, dtype, rows, columns, kind, seed,
                                        threads)
                                .isEqualTo(dense.withZeros(expected.apply(new OracleSelection(dense, s))).bits());
                    }
                }
            }
        });
    }

    /** Runs a test on devices of 1, 2 and 7 threads. */
    static void onDevices(ObjIntConsumer<Device> test) {
        for (int threads : new int[] {1, 2, 7}) {
            try (Device device = new CpuDevice(threads)) {
                test.accept(device, threads);
            }
        }
    }

    /** A statistic on a device; null stays null. */
    static Tensor tensor(Device device, float[] s) {
        return s == null ? null : OracleWeights.of(DType.F32, new float[][] {s}).on(device);
    }
}
