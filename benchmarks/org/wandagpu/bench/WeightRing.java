package org.wandagpu.bench;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.IntStream;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;

/**
 * Operands of a selection: three copies of a matrix that take turns, so that the one in use comes from memory and not
 * from a cache, restored before each call. Besides, arrays of the same bytes to measure the memory's bandwidth with.
 */
final class WeightRing implements AutoCloseable {

    private static final int COPIES = 3;
    private static final int CHUNKS = 64;

    final Device device = new CpuDevice(Runtime.getRuntime().availableProcessors());
    final Tensor s;
    final float[] statistic;
    private final StoredMatrix dense;
    private final Tensor[] tensors = new Tensor[COPIES];
    private final StoredMatrix[] matrices = new StoredMatrix[COPIES];
    private final float[][] arrays = new float[COPIES][];
    private int turn;

    /** @param shape rows x columns */
    WeightRing(String shape, DType dtype) {
        int rows = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
        int columns = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
        dense = StoredMatrix.random(dtype, rows, columns, 1);
        statistic = new float[columns];
        Random random = new Random(2);
        for (int j = 0; j < columns; j++) {
            statistic[j] = (float) Math.exp(random.nextGaussian());
        }
        s = device.copyOf(new HostTensor("s", DType.F32, new long[] {columns}, MemorySegment.ofArray(statistic)));
        for (int i = 0; i < COPIES; i++) {
            tensors[i] = device.copyOf(dense.tensor());
            matrices[i] = dense.copy();
            arrays[i] = new float[(int) (dense.bytes().byteSize() / Float.BYTES)];
        }
    }

    /** Passes the turn on and restores the copies pruned before. */
    void next() {
        tensors[turn].copyFrom(dense.bytes());
        matrices[turn].copyFrom(dense);
        turn = (turn + 1) % COPIES;
    }

    Tensor tensor() {
        return tensors[turn];
    }

    StoredMatrix matrix() {
        return matrices[turn];
    }

    /** Reads and writes as many bytes as a matrix has, with all threads: what no selection can beat. */
    float[] negate() {
        float[] x = arrays[turn];
        IntStream.range(0, CHUNKS).parallel().forEach(chunk -> {
            int end = (int) ((long) x.length * (chunk + 1) / CHUNKS);
            for (int i = (int) ((long) x.length * chunk / CHUNKS); i < end; i++) {
                x[i] = -x[i];
            }
        });
        return x;
    }

    /** Prunes fresh copies in both ways and fails unless they agree in every bit. */
    void check(Runnable ours, Runnable naive) {
        for (int i = 0; i < COPIES; i++) {
            next();
        }
        ours.run();
        naive.run();
        StoredMatrix pruned = dense.copy();
        tensor().copyTo(pruned.bytes());
        long difference = pruned.bytes().mismatch(matrix().bytes());
        if (difference >= 0) {
            throw new IllegalStateException("the naive form zeroed other weights: byte=" + difference);
        }
    }

    @Override
    public void close() {
        s.close();
        for (Tensor tensor : tensors) {
            tensor.close();
        }
        device.close();
    }
}
