package org.wandagpu.compute;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;
import org.wandagpu.tensor.HostTensor;

/**
 * A device of F32 activations that hold 16-bit numbers: every operation's output is rounded as a GPU's is, and so are F32
 * weights before a product. What is left between this and a GPU are the orders of sums.
 */
public final class RoundedDevice implements Device {

    /** Index of the argument that a decoder block's operation writes. */
    private static final Map<String, Integer> OUTPUT = Map.ofEntries(Map.entry("embed", 2), Map.entry("addPositions", 3),
            Map.entry("linear", 3), Map.entry("linearAdd", 3), Map.entry("rmsNorm", 3), Map.entry("layerNorm", 4),
            Map.entry("rmsNormHeads", 0), Map.entry("rope", 0), Map.entry("attention", 7), Map.entry("activate", 1),
            Map.entry("activateGated", 1), Map.entry("add", 1));

    private final Device device;
    private final DType type;
    private final Ops ops;

    /**
     * @param device whose activations are F32; closed with this one
     * @param type 16-bit type of activations
     */
    public RoundedDevice(Device device, DType type) {
        this.device = device;
        this.type = type;
        this.ops = (Ops) Proxy.newProxyInstance(Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, this::call);
    }

    private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
        boolean product = method.getName().startsWith("linear") || method.getName().equals("crossEntropy");
        try (Tensor weights = product ? rounded((Tensor) arguments[1]) : null) {
            if (product) {
                arguments[1] = weights;
            }
            Object result = method.invoke(device.ops(), arguments);
            Integer output = OUTPUT.get(method.getName());
            if (output != null) {
                round(arguments[output] instanceof Heads heads ? heads.tensor() : (Tensor) arguments[output]);
            }
            return result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Tensor rounded(Tensor w) {
        Tensor copy = device.allocate(DType.F32, w.rows(), w.columns());
        copy.copyFrom(MemorySegment.ofArray(w.toFloats()));
        round(copy);
        return copy;
    }

    private void round(Tensor x) {
        float[] values = x.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = type == DType.F16 ? Half.fromF16(Half.toF16(values[i])) : Half.fromBf16(Half.toBf16(values[i]));
        }
        x.copyFrom(MemorySegment.ofArray(values));
    }

    @Override
    public String kind() {
        return device.kind();
    }

    @Override
    public Transfers transfers() {
        return device.transfers();
    }

    @Override
    public boolean sharesHostMemory() {
        return device.sharesHostMemory();
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public long memoryBytes() {
        return device.memoryBytes();
    }

    @Override
    public long allocatedBytes() {
        return device.allocatedBytes();
    }

    @Override
    public long peakAllocatedBytes() {
        return device.peakAllocatedBytes();
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public long runtimeBytes() {
        return device.runtimeBytes();
    }

    @Override
    public long scratchBytes(int sequences, int seqlen, long widest, DType weights, long largest) {
        return device.scratchBytes(sequences, seqlen, widest, weights, largest);
    }

    @Override
    public int tokensAtOnce() {
        return device.tokensAtOnce();
    }

    @Override
    public DType activationType(DType weights) {
        return DType.F32;
    }

    @Override
    public Tensor allocate(DType dtype, long rows, long columns) {
        return device.allocate(dtype, rows, columns);
    }

    @Override
    public Tensor copyOf(HostTensor source) {
        return device.copyOf(source);
    }

    @Override
    public Tensor place(HostTensor source) {
        return device.place(source);
    }

    @Override
    public void close() {
        device.close();
    }
}
