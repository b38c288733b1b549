package org.wandagpu.schedule;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.HostTensor;
import org.wandagpu.tensor.TensorSource;

/** A sink that keeps pruned weights in memory. */
class KeptWeights implements PruneSink {
    private final Map<String, HostTensor> weights = new HashMap<>();

    @Override
    public void write(String name, Tensor weight) {
        MemorySegment bytes = Arena.ofAuto().allocate(weight.byteSize(), 8);
        weight.copyTo(bytes);
        weights.put(name, new HostTensor(name, weight.dtype(), new long[] {weight.rows(), weight.columns()}, bytes));
    }

    @Override
    public void blockDone(BlockReport report, HiddenStates hidden) {
    }

    @Override
    public List<BlockReport> finishedBlocks() {
        return List.of();
    }

    @Override
    public void restore(HiddenStates hidden) {
        throw new AssertionError("nothing to restore");
    }

    /** Keep mask: 1 unless the weight is +0. */
    byte[] mask(String name) {
        HostTensor tensor = weights.get(name);
        int width = tensor.dtype().bytes();
        byte[] bytes = tensor.bytes().toArray(ValueLayout.JAVA_BYTE);
        byte[] mask = new byte[bytes.length / width];
        for (int i = 0; i < bytes.length; i++) {
            mask[i / width] |= (byte) (bytes[i] == 0 ? 0 : 1);
        }
        return mask;
    }

    /** Of all weights, those that only one of two prunes of a model keeps. */
    double shareOfOtherMasks(KeptWeights other) {
        long all = 0;
        long different = 0;
        for (String name : weights.keySet()) {
            byte[] mine = mask(name);
            byte[] others = other.mask(name);
            all += mine.length;
            for (int i = 0; i < mine.length; i++) {
                different += mine[i] == others[i] ? 0 : 1;
            }
        }
        return different / (double) all;
    }

    /** The pruned weights in front of a model's own tensors. */
    TensorSource over(TensorSource dense) {
        return new TensorSource() {
            @Override
            public String where() {
                return "pruned " + dense.where();
            }

            @Override
            public boolean has(String name) {
                return dense.has(name);
            }

            @Override
            public HostTensor tensor(String name) {
                return weights.containsKey(name) ? weights.get(name) : dense.tensor(name);
            }
        };
    }
}
