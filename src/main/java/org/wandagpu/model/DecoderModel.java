package org.wandagpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.BadInputException;
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
    private final String prefix;

    private DecoderModel(DecoderSpec spec, TensorNames names, TensorSource source) {
        this.spec = spec;
        this.names = names;
        this.source = source;
        this.prefix = resolvePrefix(names, source);
    }

    /**
     * Opens a model.
     *
     * @param configWhere path of config.json, for messages
     * @param config its content
     * @throws BadInputException if the architecture is not known, the configuration is bad, or a tensor is missing or
     *         has another shape or type than the configuration asks for
     */
    public static DecoderModel open(String configWhere, JsonNode config, TensorSource source) {
        Family family = Family.of(configWhere, config);
        DecoderModel model = new DecoderModel(family.read(configWhere, config), family.names(), source);
        model.check();
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

    /** The longest of the family's prefixes that the file carries: {@code model.decoder.}, {@code decoder.} or none. */
    private static String resolvePrefix(TensorNames names, TensorSource source) {
        for (String candidate = names.prefix(); ; candidate = candidate.substring(candidate.indexOf('.') + 1)) {
            if (source.has(candidate + String.format(names.block(), 0)
                    + names.linears().values().iterator().next() + ".weight") || candidate.isEmpty()) {
                return candidate;
            }
        }
    }

    /** Linear roles of a block in the reference's order. */
    public List<LinearRole> linearOrder() {
        return names.linearOrder();
    }

    /** Checkpoint name of a linear layer's weight. */
    public String linearName(int block, LinearRole role) {
        return blockPrefix(block) + names.linears().get(role) + ".weight";
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

    private String blockPrefix(int block) {
        return prefix + String.format(names.block(), block);
    }

    // ---- shapes -------------------------------------------------------------------------------------------------

    /** Out-features and in-features of a linear layer. */
    public long[] linearShape(LinearRole role) {
        DecoderSpec.Attention attention = spec.attention();
        long hidden = spec.hiddenSize();
        long queries = (long) attention.heads() * attention.headDim();
        long keys = (long) attention.kvHeads() * attention.headDim();
        long intermediate = spec.mlp().intermediateSize();
        return switch (role) {
            case QUERY -> new long[] {queries, hidden};
            case KEY, VALUE -> new long[] {keys, hidden};
            case QKV -> new long[] {queries + 2 * keys, hidden};
            case ATTENTION_OUT -> new long[] {hidden, queries};
            case GATE, UP -> new long[] {intermediate, hidden};
            case DOWN -> new long[] {hidden, intermediate};
        };
    }

    private void check() {
        for (int block = 0; block < spec.blocks(); block++) {
            for (LinearRole role : linearOrder()) {
                require(linearName(block, role), linearShape(role));
                if (spec.biased().contains(role)) {
                    require(biasName(block, role), linearShape(role)[0]);
                }
            }
            for (NormRole role : blockNorms()) {
                requireNorm(blockPrefix(block) + names.norms().get(role), normLength(role));
            }
        }
        int width = spec.embedding().width();
        require(embeddingName(), spec.vocabSize(), width);
        if (spec.embedding().positionOffset() >= 0) {
            require(prefix + names.positionEmbedding() + ".weight",
                    (long) spec.maxPositions() + spec.embedding().positionOffset(), spec.hiddenSize());
        }
        if (spec.embedding().hasNorm()) {
            requireNorm(prefix + names.embeddingNorm(), spec.hiddenSize());
        }
        if (spec.hasProjections()) {
            require(prefix + names.projectIn() + ".weight", spec.hiddenSize(), width);
            require(prefix + names.projectOut() + ".weight", width, spec.hiddenSize());
        }
        if (spec.hasFinalNorm()) {
            requireNorm(prefix + names.finalNorm(), spec.hiddenSize());
        }
        require(headName(), spec.vocabSize(), width);
    }

    private List<NormRole> blockNorms() {
        return spec.attention().headNorm() ? List.of(NormRole.values()) : List.of(NormRole.ATTENTION, NormRole.MLP);
    }

    private int normLength(NormRole role) {
        return role == NormRole.QUERY_HEAD || role == NormRole.KEY_HEAD ? spec.attention().headDim() : spec.hiddenSize();
    }

    private void requireNorm(String name, long length) {
        require(name + ".weight", length);
        if (spec.norm().kind() == DecoderSpec.Norm.Kind.LAYER) {
            require(name + ".bias", length);
        }
    }

    private void require(String name, long... shape) {
        HostTensor tensor = source.tensor(name);
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw new BadInputException(source.where() + ": tensor " + name + " has shape "
                    + Arrays.toString(tensor.shape()) + " where config.json asks for " + Arrays.toString(shape)
                    + "; take config.json and weights of the same model");
        }
        if (!tensor.dtype().isComputable()) {
            throw new BadInputException(source.where() + ": tensor " + name + " has dtype " + tensor.dtype()
                    + "; this program computes on F32, F16 and BF16");
        }
    }

    private String biasName(int block, LinearRole role) {
        return blockPrefix(block) + names.linears().get(role) + ".bias";
    }

    /** A tied file may hold only the head's name or only the table's. */
    private String embeddingName() {
        String name = prefix + names.tokenEmbedding() + ".weight";
        String head = names.head() + ".weight";
        return spec.tiedHead() && !source.has(name) && source.has(head) ? head : name;
    }

    private String headName() {
        return spec.tiedHead() ? embeddingName() : names.head() + ".weight";
    }

    // ---- loading ------------------------------------------------------------------------------------------------

    /** Loads a block without a copy where the device allows it; its tensors are read-only. */
    public BlockWeights placeBlock(Device device, int block) {
        return load(device::place, block);
    }

    /** Loads a writable copy of a block. */
    public BlockWeights copyBlock(Device device, int block) {
        return load(device::copyOf, block);
    }

    private BlockWeights load(Function<HostTensor, Tensor> loader, int block) {
        BlockWeights weights = new BlockWeights();
        try {
            for (LinearRole role : linearOrder()) {
                String name = linearName(block, role);
                Tensor weight = weights.own(loader.apply(source.tensor(name)));
                Tensor bias = spec.biased().contains(role)
                        ? weights.own(loader.apply(source.tensor(biasName(block, role)))) : null;
                weights.put(role, new BlockWeights.Linear(name, weight, bias));
            }
            for (NormRole role : blockNorms()) {
                String name = blockPrefix(block) + names.norms().get(role);
                Tensor gain = weights.own(loader.apply(source.tensor(name + ".weight")));
                Tensor bias = spec.norm().kind() == DecoderSpec.Norm.Kind.LAYER
                        ? weights.own(loader.apply(source.tensor(name + ".bias"))) : null;
                weights.put(role, new BlockWeights.Norm(gain, bias));
            }
            return weights;
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** Loads what stands before block 0. */
    public InputLayer inputLayer(Device device) {
        DecoderSpec.Embedding embedding = spec.embedding();
        return new InputLayer(spec, device,
                place(device, embeddingName()),
                embedding.positionOffset() >= 0 ? place(device, prefix + names.positionEmbedding() + ".weight") : null,
                embedding.hasNorm() ? placeNorm(device, prefix + names.embeddingNorm()) : null,
                spec.hasProjections() ? place(device, prefix + names.projectIn() + ".weight") : null);
    }

    /** Loads what stands after the last block. */
    public OutputHead outputHead(Device device) {
        return new OutputHead(spec, device,
                spec.hasFinalNorm() ? placeNorm(device, prefix + names.finalNorm()) : null,
                spec.hasProjections() ? place(device, prefix + names.projectOut() + ".weight") : null,
                place(device, headName()));
    }

    private Tensor place(Device device, String name) {
        return device.place(source.tensor(name));
    }

    private BlockWeights.Norm placeNorm(Device device, String name) {
        return new BlockWeights.Norm(place(device, name + ".weight"),
                spec.norm().kind() == DecoderSpec.Norm.Kind.LAYER ? place(device, name + ".bias") : null);
    }

    /** Bytes of the parameters of one block as stored. */
    public long blockBytes(int block) {
        long bytes = 0;
        for (LinearRole role : linearOrder()) {
            HostTensor weight = source.tensor(linearName(block, role));
            bytes += weight.elements() * weight.dtype().bytes();
        }
        return bytes;
    }
}
