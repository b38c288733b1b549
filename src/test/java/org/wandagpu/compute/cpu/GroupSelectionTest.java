package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

class GroupSelectionTest {

    @ParameterizedTest(name = "{0}:{1}")
    @CsvSource({"2,4", "4,8", "1,4", "3,4", "1,2", "2,8", "7,8", "8,16", "3,7", "2,3", "5,33", "100,1500"})
    void zeroedWeightsAreTheOraclesAndTheOthersKeepTheirBits(int kept, int groupSize) {
        NmPattern pattern = new NmPattern(kept, groupSize);
        int zeroed = pattern.zeroedPerGroup();
        for (int groups : new int[] {1, 2, 3, 8, 13, 64}) {
            for (int tail : new int[] {0, zeroed}) {
                int columns = groups * groupSize + tail;
                if (columns < 6000) {
                    SelectionCases.compare(3, columns, pattern.toString(),
                            ops -> (w, s) -> ops.zeroSmallestInGroups(w, s, pattern),
                            oracle -> oracle.smallestInGroups(groupSize, zeroed));
                }
            }
        }
    }

    @Test
    void rowsOfManyBlocksAreExact() {
        for (NmPattern pattern : new NmPattern[] {new NmPattern(2, 4), new NmPattern(4, 8), new NmPattern(2, 5)}) {
            SelectionCases.compare(5, 3000, pattern.toString(),
                    ops -> (w, s) -> ops.zeroSmallestInGroups(w, s, pattern),
                    oracle -> oracle.smallestInGroups(pattern.groupSize(), pattern.zeroedPerGroup()));
        }
    }

    @Test
    void aLastGroupNarrowerThanWhatItMustLoseIsRefused() {
        try (Device device = new CpuDevice(1); Tensor w = device.allocate(DType.F32, 2, 5)) {
            assertThatThrownBy(() -> device.ops().zeroSmallestInGroups(w, null, new NmPattern(2, 4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("do not fit: last group=1, zeroed=2");
        }
    }
}
