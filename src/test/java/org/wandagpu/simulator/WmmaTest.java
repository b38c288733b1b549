package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** wmma through CUDA's header against plain loops over small integers. */
class WmmaTest {

    private final Ptx ptx = Ptx.resource("matrices.ptx");
    private final Random random = new Random(11);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "half_rows_columns, 16, 16, 16", "half_columns_rows, 16, 16, 16", "half_tall, 32, 8, 16",
        "half_flat, 8, 32, 16", "bf16_rows_columns, 16, 16, 16", "s8_rows_columns, 16, 16, 16",
        "tf32_rows_columns, 16, 16, 8", "f64_rows_columns, 8, 8, 4",
    })
    void tilesMultiply(String kernel, int m, int n, int k) {
        int[] a = random.ints(m * k, -8, 9).toArray();
        int[] b = random.ints(k * n, -8, 9).toArray();
        int[] c = random.ints(m * n, -8, 9).toArray();
        boolean leftByColumns = kernel.startsWith("half_columns");
        boolean rightByColumns = kernel.endsWith("columns") || kernel.endsWith("flat");
        String type = kernel.substring(0, kernel.indexOf('_'));
        String sum = type.equals("s8") ? "s32" : type.equals("f64") ? "f64" : "tf32";
        long d = ptx.zeros(8 * m * n);
        assertThat(ptx.launch(kernel, 1, 32, store(leftByColumns ? transposed(a, m, k) : a, type),
                store(rightByColumns ? transposed(b, k, n) : b, type), store(c, sum), d).violations()).isEmpty();
        for (int i = 0; i < m * n; i++) {
            int expected = 2 * (c[i] + dot(a, b, i / n, i % n, k, n));
            double found = switch (sum) {
                case "s32" -> ptx.ints(d, m * n)[i];
                case "f64" -> ptx.doubles(d, m * n)[i];
                default -> ptx.floats(d, m * n)[i];
            };
            assertThat(found).as("row %d, column %d", i / n, i % n).isEqualTo(expected);
        }
    }

    @Test
    void aTiledProductIsFedByAsynchronousCopies() {
        int m = 128;
        int n = 64;
        int k = 48;
        int[] a = random.ints(m * k, -3, 4).toArray();
        int[] b = random.ints(k * n, -3, 4).toArray();
        long c = ptx.empty(m * n);
        assertThat(ptx.launch("product", new int[] {n / 64, m / 64, 1}, new int[] {128, 1, 1}, store(a, "half"),
                store(b, "half"), c, n, k).violations()).isEmpty();
        float[] found = ptx.floats(c, m * n);
        for (int i = 0; i < m * n; i++) {
            assertThat(found[i]).isEqualTo(dot(a, b, i / n, i % n, k, n));
        }
    }

    private static int dot(int[] a, int[] b, int row, int column, int k, int n) {
        int sum = 0;
        for (int i = 0; i < k; i++) {
            sum += a[row * k + i] * b[i * n + column];
        }
        return sum;
    }

    private static int[] transposed(int[] matrix, int rows, int columns) {
        int[] result = new int[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            result[i % columns * rows + i / columns] = matrix[i];
        }
        return result;
    }

    private long store(int[] values, String type) {
        return switch (type) {
            case "half" -> shorts(values, value -> Float.floatToFloat16((float) value));
            case "bf16" -> shorts(values, value -> (short) (Float.floatToRawIntBits((float) value) >>> 16));
            case "s8" -> {
                byte[] bytes = new byte[values.length];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) values[i];
                }
                yield ptx.put(MemorySegment.ofArray(bytes));
            }
            case "s32" -> ptx.ints(values);
            case "f64" -> ptx.doubles(Arrays.stream(values).asDoubleStream().toArray());
            default -> {
                float[] floats = new float[values.length];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = values[i];
                }
                yield ptx.floats(floats);
            }
        };
    }

    private long shorts(int[] values, DoubleFunction<Short> encode) {
        short[] shorts = new short[values.length];
        for (int i = 0; i < shorts.length; i++) {
            shorts[i] = encode.apply(values[i]);
        }
        return ptx.put(MemorySegment.ofArray(shorts));
    }
}
