package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.tensor.DType;

class TensorPiecesTest {

    private static List<Long> pieces(long rows, long columns) {
        List<Long> sizes = new ArrayList<>();
        try (Device device = new CpuDevice(1); Tensor tensor = device.allocate(DType.F32, rows, columns)) {
            long[] end = new long[1];
            TensorPieces.forEach(tensor, (part, offset, buffer) -> {
                assertThat(offset).isEqualTo(end[0]);
                assertThat(buffer.byteSize()).isEqualTo(part.byteSize());
                part.copyTo(buffer);
                end[0] += buffer.byteSize();
                sizes.add(buffer.byteSize());
            });
            assertThat(end[0]).isEqualTo(tensor.byteSize());
        }
        return sizes;
    }

    @Test
    void piecesAreWholeRowsOfAtMostEightMebibytes() {
        assertThat(pieces(5000, 1000)).containsExactly(2097L * 4000, 2097L * 4000, 806L * 4000);
        assertThat(pieces(3, 7)).containsExactly(84L);
    }

    @Test
    void aRowLongerThanThatIsOnePiece() {
        assertThat(pieces(2, 3 << 20)).containsExactly(12L << 20, 12L << 20);
    }
}
