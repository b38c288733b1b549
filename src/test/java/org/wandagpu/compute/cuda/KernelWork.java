package org.wandagpu.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

/** What the shipped kernels do to a small matrix; norms is a device address. */
enum KernelWork {
    ROWS_IN_REGISTERS(1032) {
        @Override
        void run(Simulation simulation, DeviceMatrix w, long norms) {
            new RowSelect(simulation).zeroSmallest(w, norms, 500);
        }
    },
    ROWS_IN_MEMORY(301) {
        @Override
        void run(Simulation simulation, DeviceMatrix w, long norms) {
            new RowSelect(simulation).zeroSmallest(w, norms, 150);
        }
    },
    GROUPS(264) {
        @Override
        void run(Simulation simulation, DeviceMatrix w, long norms) {
            new GroupSelect(simulation).zeroSmallest(w, norms, new NmPattern(2, 4));
        }
    },
    LAYER(264) {
        @Override
        void run(Simulation simulation, DeviceMatrix w, long norms) {
            long scratch = simulation.gpu.allocate(LayerSelect.scratchBytes(w.rows()));
            simulation.gpu.copyIn(scratch, MemorySegment.ofArray(LayerSelect.state(600)));
            new LayerSelect(simulation).zeroUpTo(w, norms, scratch, false);
        }
    },
    SHARES(264) {
        @Override
        void run(Simulation simulation, DeviceMatrix w, long norms) {
            ShareSelect shares = new ShareSelect(simulation, w, norms,
                    simulation.gpu.allocate(ShareSelect.scratchBytes(w)),
                    simulation.gpu.allocate(ShareSelect.scratchBytes(w)));
            shares.sort();
            shares.count(0.4f, simulation.gpu.allocate(Long.BYTES));
            shares.zero(0.4f);
        }
    },
    COLUMN_SQUARES(264) {
        @Override
        void run(Simulation simulation, DeviceMatrix w, long norms) {
            long scratch = simulation.gpu.allocate(ColumnSquaresFold.scratchBytes(w.rows(), 1, w.columns()));
            new ColumnSquaresFold(simulation).fold(w, 1, 0, norms, scratch);
        }
    };

    private static final int ROWS = 5;

    private final int columns;

    KernelWork(int columns) {
        this.columns = columns;
    }

    abstract void run(Simulation simulation, DeviceMatrix w, long norms);

    /** The weights and the norms after the work. */
    byte[] result(Simulation simulation, OracleWeights.Kind kind) {
        OracleWeights dense = OracleWeights.random(kind, DType.F16, ROWS, columns, 3);
        long norms = simulation.gpu.allocate(4L * columns);
        new InputNorms(simulation).compute(0, norms, columns);
        DeviceMatrix w = new DeviceMatrix(simulation.upload(DeviceBytes.of(dense)), DType.F16, ROWS, columns);
        run(simulation, w, norms);
        byte[] weights = simulation.download(w.address(), 2 * ROWS * columns);
        byte[] both = Arrays.copyOf(weights, weights.length + 4 * columns);
        System.arraycopy(simulation.download(norms, 4 * columns), 0, both, weights.length, 4 * columns);
        return both;
    }
}
