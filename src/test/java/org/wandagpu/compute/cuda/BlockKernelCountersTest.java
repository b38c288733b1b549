package org.wandagpu.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.wandagpu.compute.Activation;
import org.wandagpu.simulator.Counters;
import org.wandagpu.simulator.Demand;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;

/** What the kernels of a decoder block ask of a GPU, as counters; stable on every machine, where times are not. */
class BlockKernelCountersTest {

    /** Cycles that one of an A100's four tensor units takes for a tile; its scheduler issues one instruction a cycle. */
    private static final double TILE_CYCLES = 8;
    private static final int LANES = 32;

    private final Simulation simulation = new Simulation();

    private DeviceMatrix matrix(int rows, int columns) {
        SplittableRandom random = new SplittableRandom(rows);
        byte[] bytes = new byte[2 * rows * columns];
        for (int i = 0; i < rows * columns; i++) {
            short bits = Half.toF16((float) random.nextGaussian());
            bytes[2 * i] = (byte) bits;
            bytes[2 * i + 1] = (byte) (bits >> 8);
        }
        return new DeviceMatrix(simulation.upload(bytes), DType.F16, rows, columns);
    }

    private long vector(int length) {
        return simulation.upload(new byte[4 * length]);
    }

    private Counters last() {
        return simulation.counters.getLast();
    }

    /** Share of the tensor units' rate that issue leaves. */
    private static double shareOfPeak(Demand demand) {
        return Math.min(1, demand.tensorTiles() * TILE_CYCLES / demand.issueSlots());
    }

    /** What each step of 64 along k adds: the main loop without prologue and epilogue. */
    @Test
    void theProductsMainLoopHasNoBankConflictsAndLeavesTheTensorUnitsBusy() {
        for (int features : new int[] {256, 128}) {
            Counters shorter = product(features, 512);
            Counters longer = product(features, 1024);
            Demand loop = difference(longer, shorter);
            assertThat(longer.shared().conflictCycles()).isEqualTo(shorter.shared().conflictCycles());
            assertThat(shareOfPeak(loop)).isGreaterThan(0.6);
        }
    }

    private Counters product(int features, int k) {
        new Gemm(simulation).multiply(matrix(128, k), matrix(features, k), 0, matrix(128, features), false);
        assertThat(simulation.launched.getLast()).isEqualTo("gemm_" + features + "_f16");
        return last();
    }

    private static Demand difference(Counters more, Counters less) {
        Demand a = Demand.of(more, 0);
        Demand b = Demand.of(less, 0);
        return new Demand(a.dramBytes() - b.dramBytes(), a.cacheBytes() - b.cacheBytes(), a.sharedCycles() - b.sharedCycles(),
                a.issueSlots() - b.issueSlots(), a.tensorTiles() - b.tensorTiles(), a.blocks() - b.blocks());
    }

    /** The last tile of queries of a sequence of 2048. */
    @Test
    void attentionLeavesTheTensorUnitsHalfOfTheTime() {
        for (int headDim : new int[] {64, 128}) {
            DeviceHeads q = new DeviceHeads(matrix(64, headDim), 0, headDim, 1, headDim);
            DeviceHeads k = new DeviceHeads(matrix(2048, headDim), 0, headDim, 1, headDim);
            new Attention(simulation).attend(q, k, k, 0, 0, 0.1f, 64, 2048, matrix(64, headDim));
            Demand demand = Demand.of(last(), 0);
            assertThat(last().shared().conflictCycles()).isZero();
            assertThat(shareOfPeak(demand)).isGreaterThan(0.55);
        }
    }

    /** Gains and biases, which a row needs again, come from the first-level cache. */
    @Test
    void normsAndPointwiseKernelsMoveNothingTwice() {
        int rows = 32;
        int columns = 4096;
        DeviceMatrix x = matrix(rows, columns);
        DeviceMatrix y = matrix(rows, columns);
        DeviceMatrix angles = new DeviceMatrix(vector(rows * 64), DType.F32, rows, 64);
        new Norms(simulation).rms(x, vector(columns), 1e-5f, y);
        holdsTo(x, 3, 22);
        new Norms(simulation).layer(x, vector(columns), vector(columns), 1e-5f, y);
        holdsTo(x, 4, 30);
        new Pointwise(simulation).activateGated(Activation.SILU, x, y);
        holdsTo(x, 3, 30);
        new Pointwise(simulation).add(x, y);
        holdsTo(x, 3, 10);
        new HeadKernels(simulation).rotate(new DeviceHeads(x, 0, 128, 32, 128), angles, angles, 0, rows);
        holdsTo(x, 2.3, 30);
    }

    /**
     * @param moves most bytes to and from the second-level cache, in those of {@code x}
     * @param slots most lane instructions an element; an A100 has 40 while it moves 4 bytes
     */
    private void holdsTo(DeviceMatrix x, double moves, double slots) {
        double elements = (double) x.rows() * x.columns();
        Demand demand = Demand.of(last(), 0);
        String entry = simulation.launched.getLast();
        assertThat(last().stores().bytesPerUsefulByte()).as(entry).isEqualTo(1);
        assertThat(last().shared().conflictCycles()).as(entry).isZero();
        assertThat(demand.cacheBytes() / (2 * elements)).as(entry).isLessThanOrEqualTo(moves);
        assertThat(demand.issueSlots() * LANES / elements).as(entry).isLessThanOrEqualTo(slots);
    }
}
