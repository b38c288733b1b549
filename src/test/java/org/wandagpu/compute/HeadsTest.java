package org.wandagpu.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.tensor.DType;

/** Views of heads over the rows of a tensor. */
class HeadsTest {

    /** 4 rows of 2 heads, fused as [head][q, k, v][2]: every element is its own index. */
    private static Tensor fused(Device device) {
        float[] values = new float[4 * 12];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Tensor tensor = device.allocate(DType.F32, 4, 12);
        tensor.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    private static float element(Heads heads, int row, int head, int dimension) {
        int columns = (int) heads.tensor().columns();
        return heads.tensor().toFloats()[row * columns + heads.offset() + head * heads.headStride() + dimension];
    }

    @Test
    void joinedHeadsAreThoseOfTheRowsOneAfterTheOther() {
        try (Device device = new CpuDevice(1); Tensor tensor = fused(device)) {
            Heads keys = new Heads(tensor, 2, 6, 2, 2);
            Heads joined = keys.joined(2);
            assertThat(joined.count()).isEqualTo(4);
            for (int row = 0; row < 4; row++) {
                for (int head = 0; head < 2; head++) {
                    for (int d = 0; d < 2; d++) {
                        assertThat(element(joined, row / 2, row % 2 * 2 + head, d))
                                .isEqualTo(element(keys, row, head, d));
                    }
                }
            }
        }
    }

    @Test
    void headsThatLeaveGapsCannotBeJoined() {
        try (Device device = new CpuDevice(1); Tensor tensor = fused(device)) {
            Heads gaps = new Heads(tensor, 0, 4, 2, 2);
            assertThatThrownBy(() -> gaps.joined(2)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("heads do not fill the rows: stride=4, count=2, columns=12");
        }
    }

    @Test
    void aReshapedViewSharesTheMemoryAndEndsWithItsOwner() {
        try (Device device = new CpuDevice(1)) {
            Tensor tensor = fused(device);
            Tensor view = tensor.reshaped(2, 24);
            device.ops().copy(view.rows(0, 1), view.rows(1, 1));
            assertThat(tensor.rows(2, 2).toFloats()).isEqualTo(tensor.rows(0, 2).toFloats());
            assertThatThrownBy(() -> tensor.reshaped(5, 10)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("F32[4, 12] cannot become [5, 10]");
            view.close();
            assertThat(tensor.toFloats()).hasSize(48);
            tensor.close();
            assertThatThrownBy(() -> tensor.reshaped(2, 24).toFloats()).isInstanceOf(IllegalStateException.class);
            assertThat(device.allocatedBytes()).isZero();
        }
    }
}
