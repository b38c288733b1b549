package org.wandagpu.compute.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Questions about single elements: finite, zero. */
final class Elements {

    private final Workers workers;

    Elements(Workers workers) {
        this.workers = workers;
    }

    boolean allFinite(CpuTensor x) {
        AtomicBoolean finite = new AtomicBoolean(true);
        forRows(x, row -> {
            for (float value : row) {
                if (!Float.isFinite(value)) {
                    finite.set(false);
                }
            }
        });
        return finite.get();
    }

    long countZeros(CpuTensor x) {
        AtomicLong zeros = new AtomicLong();
        forRows(x, row -> {
            int count = 0;
            for (float value : row) {
                if (value == 0) {
                    count++;
                }
            }
            zeros.addAndGet(count);
        });
        return zeros.get();
    }

    private void forRows(CpuTensor x, java.util.function.Consumer<float[]> body) {
        int columns = (int) x.columns();
        workers.run((int) x.rows(), t -> {
            float[] row = new float[columns];
            x.widen((long) t * columns, columns, row, 0);
            body.accept(row);
        });
    }
}
