package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PiecesTest {

    private static List<Long> pieces(long rows, long rowBytes) {
        List<Long> sizes = new ArrayList<>();
        long[] end = new long[1];
        Pieces.forEach(rows, rowBytes, (first, count, offset, buffer) -> {
            assertThat(first).isEqualTo(end[0]);
            assertThat(offset).isEqualTo(first * rowBytes);
            assertThat(buffer.byteSize()).isEqualTo(count * rowBytes);
            end[0] += count;
            sizes.add(buffer.byteSize());
        });
        assertThat(end[0]).isEqualTo(rows);
        return sizes;
    }

    @Test
    void piecesAreWholeRowsOfAtMostEightMebibytes() {
        assertThat(pieces(5000, 4000)).containsExactly(2097L * 4000, 2097L * 4000, 806L * 4000);
        assertThat(pieces(3, 28)).containsExactly(84L);
    }

    @Test
    void aRowLongerThanThatIsOnePiece() {
        assertThat(pieces(2, 12L << 20)).containsExactly(12L << 20, 12L << 20);
    }

    @Test
    void nothingIsNoPiece() {
        assertThat(pieces(0, 4)).isEmpty();
    }
}
