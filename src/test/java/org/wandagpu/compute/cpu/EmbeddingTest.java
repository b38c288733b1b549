package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

class EmbeddingTest {

    private static final long SEED = 20260606;

    @ParameterizedTest(name = "{0}: {1} columns")
    @CsvSource({"F32,1", "F16,1", "BF16,1", "F32,17", "F16,17", "BF16,17", "F32,576", "F16,576", "BF16,576"})
    void rowsAreWidenedExactly(DType dtype, int columns) {
        Operand table = Operand.random(new Random(SEED), dtype, 50, columns);
        int[] ids = new Random(SEED).ints(400, 0, 50).toArray();
        float[] expected = new float[ids.length * columns];
        for (int t = 0; t < ids.length; t++) {
            System.arraycopy(table.values(), ids[t] * columns, expected, t * columns, columns);
        }
        for (int threads : new int[] {1, 2, 7}) {
            try (Arena arena = Arena.ofShared(); Device device = new CpuDevice(threads);
                    Tensor out = device.allocate(DType.F32, ids.length, columns)) {
                device.ops().embed(table.placedAtAnOddAddress(device, arena), ids, out);
                assertThat(out.toFloats()).as("threads " + threads).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 50, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void anIdOutsideTheTableIsRefusedByName(int id) {
        try (Device device = new CpuDevice(2); Tensor table = device.allocate(DType.F16, 50, 8);
                Tensor out = device.allocate(DType.F32, 3, 8)) {
            assertThatIllegalArgumentException().isThrownBy(() -> device.ops().embed(table, new int[] {0, 49, id}, out))
                    .withMessage("token id outside the table: ids[2]=" + id + ", rows=50");
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "F16", "BF16"})
    void positionsRepeatWithEverySequence(DType dtype) {
        int seqlen = 7;
        int first = 2;
        for (int columns : new int[] {1, 16, 100}) {
            Operand table = Operand.random(new Random(SEED), dtype, first + seqlen, columns);
            float[] x = Operand.random(new Random(SEED + 1), DType.F32, 3 * seqlen, columns).values();
            float[] expected = x.clone();
            for (int i = 0; i < x.length; i++) {
                expected[i] += table.values()[(first + i / columns % seqlen) * columns + i % columns];
            }
            for (int threads : new int[] {1, 2, 7}) {
                try (Arena arena = Arena.ofShared(); Device device = new CpuDevice(threads);
                        Tensor rows = AttentionCase.tensor(device, x, columns)) {
                    device.ops().addPositions(table.placedAtAnOddAddress(device, arena), first, seqlen, rows);
                    assertThat(rows.toFloats()).as("%d columns, %d threads", columns, threads).isEqualTo(expected);
                }
            }
        }
    }
}
