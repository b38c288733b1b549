package org.wandagpu.tensor;

import org.wandagpu.failure.UsageException;

/**
 * A semi-structured N:M pattern: of every {@code groupSize} neighbouring weights of a row, {@code keptPerGroup} stay.
 *
 * <p>N counts the kept weights, as hardware documents do; the published Wanda code counts the zeroed ones, which
 * differs wherever N is not half of M.
 *
 * @param keptPerGroup N, at least 1 and less than {@code groupSize}
 * @param groupSize M, at least 2
 */
public record NmPattern(int keptPerGroup, int groupSize) {

    /** @throws UsageException unless 0 &lt; N &lt; M */
    public NmPattern {
        if (keptPerGroup < 1 || keptPerGroup >= groupSize) {
            throw new UsageException("pattern " + keptPerGroup + ":" + groupSize
                    + " keeps nothing or everything: give N:M with 0 < N < M, for example 2:4");
        }
    }

    /** Weights zeroed in a whole group. */
    public int zeroedPerGroup() {
        return groupSize - keptPerGroup;
    }

    @Override
    public String toString() {
        return keptPerGroup + ":" + groupSize;
    }
}
