package org.wandagpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;
import org.wandagpu.tensor.TensorSource;

/**
 * A decoder model over a source of tensors: finds, checks and loads the parameters of each part.
 *
 * <p>Opening checks that every tensor the model needs exists with the right shape and element type, so that a damaged
 * checkpoint is refused before any work.
 */
public final class DecoderModel {

    private final DecoderSpec spec;
    private final TensorNames names;
    private final TensorSource source;
    private final Parameters parameters;

    private DecoderModel(DecoderSpec spec, TensorNames names, TensorSource source) {
        this.spec = spec;
        this.names = names;
        this.source = source;
        this.parameters = new Parameters(spec, names, source);
    }

    /**
     * Opens a model.
     *
     * @param configWhere path of config.json, for messages
     * @param config its content
     * @throws org.wandagpu.failure.BadInputException if the architecture is not known, the configuration is bad, or a
     *         tensor is missing or has another shape or type than the configuration asks for
     */
    public static DecoderModel open(String configWhere, JsonNode config, TensorSource source) {
        Family family = Family.of(configWhere, config);
        DecoderModel model = new DecoderModel(family.read(configWhere, config), family.names(), source);
        model.parameters.check();
        return model;
    }

    /** The same model with tensors from somewhere else, names and shapes being equal. */
    public DecoderModel withSource(TensorSource other) {
        return new DecoderModel(spec, names, other);
    }

    /** The description of the model. */
    public DecoderSpec spec() {
        return spec;
    }

    /** Linear roles of a block in the reference's order. */
    public List<LinearRole> linearOrder() {
        return names.linearOrder();
    }

    /** Checkpoint name of a linear layer's weight. */
    public String linearName(int block, LinearRole role) {
        return parameters.linear(block, role);
    }

    /** Names of all prunable weights, block by block in the reference's order. */
    public List<String> prunableNames() {
        List<String> all = new ArrayList<>();
        for (int block = 0; block < spec.blocks(); block++) {
            for (LinearRole role : linearOrder()) {
                all.add(linearName(block, role));
            }
        }
        return all;
    }

    /** Out-features and in-features of a linear layer. */
    public long[] linearShape(LinearRole role) {
        return parameters.linearShape(role);
    }

    /** Bytes of the parameters of one block on a device. */
    public long blockBytes(Device device, int block) {
        long bytes = 0;
        for (String name : parameters.ofBlock(block)) {
            bytes += device.bytesOfCopy(source.tensor(name));
        }
        return bytes;
    }

    /** Element type of this model's activations on a device. */
    public DType activations(Device device) {
        return device.activationType(weightType());
    }

    /** Element type of the linear layers, by the first of them. */
    public DType weightType() {
        return source.tensor(linearName(0, linearOrder().getFirst())).dtype();
    }

    /**
     * What runs the blocks.
     *
     * @param tokens the most tokens of one call
     * @param positions positions 0 … positions − 1 can occur
     */
    public DecoderBlock decoderBlock(Device device, int tokens, int positions) {
        return new DecoderBlock(device, activations(device), spec, tokens, positions);
    }

    /** Bytes of {@link #decoderBlock}. */
    public long workspaceBytes(Device device, int tokens, int positions) {
        return BlockWorkspace.bytes(activations(device), spec, tokens, positions);
    }

    /** Loads a block without a copy where the device allows it; its tensors are read-only. */
    public BlockWeights placeBlock(Device device, int block) {
        return load(device, device::place, block);
    }

    /** Loads a writable copy of a block; the source's pages are given back, so that memory does not grow with depth. */
    public BlockWeights copyBlock(Device device, int block) {
        return load(device, host -> {
            Tensor copy = device.copyOf(host);
            host.forget();
            return copy;
        }, block);
    }

    private BlockWeights load(Device device, Function<HostTensor, Tensor> loader, int block) {
        return Owned.build(owned -> {
            BlockWeights weights = new BlockWeights(owned);
            for (LinearRole role : linearOrder()) {
                String name = parameters.linear(block, role);
                Tensor weight = load(owned, loader, name);
                Tensor bias = spec.biased().contains(role) ? load(owned, loader, parameters.bias(block, role)) : null;
                weights.put(role, new BlockWeights.Linear(name, weight, bias));
            }
            for (NormRole role : parameters.blockNorms()) {
                weights.put(role, loadNorm(owned, device, loader, parameters.norm(block, role),
                        parameters.normLength(role)));
            }
            return weights;
        });
    }

    /** Loads what stands before block 0. */
    public InputLayer inputLayer(Device device) {
        DecoderSpec.Embedding embedding = spec.embedding();
        return Owned.build(owned -> new InputLayer(owned, spec, device, activations(device),
                load(owned, device::place, parameters.embedding()),
                embedding.positionOffset() >= 0 ? load(owned, device::place, parameters.positions()) : null,
                embedding.hasNorm()
                        ? loadNorm(owned, device, device::place, parameters.embeddingNorm(), spec.hiddenSize()) : null,
                spec.hasProjections() ? load(owned, device::place, parameters.projectIn()) : null));
    }

    /** Loads what stands after the last block. */
    public OutputHead outputHead(Device device) {
        return Owned.build(owned -> new OutputHead(owned, spec, device, activations(device),
                spec.hasFinalNorm()
                        ? loadNorm(owned, device, device::place, parameters.finalNorm(), spec.hiddenSize()) : null,
                spec.hasProjections() ? load(owned, device::place, parameters.projectOut()) : null,
                load(owned, device::place, parameters.head())));
    }

    /** Loads a tensor; its source's pages are given back when the owner closes. */
    private Tensor load(Owned owned, Function<HostTensor, Tensor> loader, String name) {
        HostTensor host = source.tensor(name);
        owned.<AutoCloseable>add(host::forget);
        return owned.add(loader.apply(host));
    }

    private BlockWeights.Norm loadNorm(Owned owned, Device device, Function<HostTensor, Tensor> loader, String name,
            int length) {
        boolean hasBias = spec.norm().kind() == DecoderSpec.Norm.Kind.LAYER;
        if (!spec.norm().learned()) {
            return new BlockWeights.Norm(constant(owned, device, length, 1),
                    hasBias ? constant(owned, device, length, 0) : null);
        }
        return new BlockWeights.Norm(load(owned, loader, name + ".weight"),
                hasBias ? load(owned, loader, name + ".bias") : null);
    }

    private static Tensor constant(Owned owned, Device device, int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        Tensor tensor = owned.add(device.allocate(DType.F32, 1, length));
        tensor.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }
}
