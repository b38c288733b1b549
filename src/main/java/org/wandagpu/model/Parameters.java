package org.wandagpu.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.tensor.HostTensor;
import org.wandagpu.tensor.TensorSource;

/**
 * The parameters a model needs: their names as this checkpoint spells them and their shapes as config.json asks for
 * them. Names of norms stand without {@code .weight} and {@code .bias}.
 */
final class Parameters {

    private final DecoderSpec spec;
    private final TensorNames names;
    private final TensorSource source;
    private final String prefix;

    Parameters(DecoderSpec spec, TensorNames names, TensorSource source) {
        this.spec = spec;
        this.names = names;
        this.source = source;
        this.prefix = resolvePrefix(names, source);
    }

    /** The longest of the family's prefixes that the file carries: {@code model.decoder.}, {@code decoder.} or none. */
    private static String resolvePrefix(TensorNames names, TensorSource source) {
        String first = String.format(names.block(), 0) + names.linears().values().iterator().next() + ".weight";
        String candidate = names.prefix();
        while (!source.has(candidate + first)) {
            if (candidate.isEmpty()) {
                return names.prefix();
            }
            candidate = candidate.substring(candidate.indexOf('.') + 1);
        }
        return candidate;
    }

    String linear(int block, LinearRole role) {
        return blockPrefix(block) + names.linears().get(role) + ".weight";
    }

    String bias(int block, LinearRole role) {
        return blockPrefix(block) + names.linears().get(role) + ".bias";
    }

    String norm(int block, NormRole role) {
        return blockPrefix(block) + names.norms().get(role);
    }

    private String blockPrefix(int block) {
        return prefix + String.format(names.block(), block);
    }

    /** A tied file may hold only the head's name or only the table's. */
    String embedding() {
        return spec.tiedHead() && !source.has(tableName()) && source.has(headName()) ? headName() : tableName();
    }

    /** A tied file that holds a head of its own all the same is not tied. */
    String head() {
        return spec.tiedHead() && !source.has(headName()) ? tableName() : headName();
    }

    private String tableName() {
        return prefix + names.tokenEmbedding() + ".weight";
    }

    private String headName() {
        return names.head() + ".weight";
    }

    String positions() {
        return prefix + names.positionEmbedding() + ".weight";
    }

    String embeddingNorm() {
        return prefix + names.embeddingNorm();
    }

    String projectIn() {
        return prefix + names.projectIn() + ".weight";
    }

    String projectOut() {
        return prefix + names.projectOut() + ".weight";
    }

    String finalNorm() {
        return prefix + names.finalNorm();
    }

    /** The norms of a block. */
    List<NormRole> blockNorms() {
        return spec.attention().headNorm() ? List.of(NormRole.values()) : List.of(NormRole.ATTENTION, NormRole.MLP);
    }

    /** Features a norm of a block works on. */
    int normLength(NormRole role) {
        return switch (role) {
            case QUERY_HEAD, KEY_HEAD -> spec.attention().headDim();
            case ATTENTION, MLP -> spec.hiddenSize();
        };
    }

    /** Out-features and in-features of a linear layer. */
    long[] linearShape(LinearRole role) {
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

    /**
     * A tensor the model needs.
     *
     * @param name its name in the checkpoint
     * @param shape as config.json asks for it
     */
    private record Required(String name, long... shape) {
    }

    /** The names of all tensors of a block. */
    List<String> ofBlock(int block) {
        List<Required> all = new ArrayList<>();
        addBlock(all, block);
        return all.stream().map(Required::name).toList();
    }

    private List<Required> required() {
        List<Required> all = new ArrayList<>();
        for (int block = 0; block < spec.blocks(); block++) {
            addBlock(all, block);
        }
        int width = spec.embedding().width();
        all.add(new Required(embedding(), spec.vocabSize(), width));
        if (spec.embedding().positionOffset() >= 0) {
            all.add(new Required(positions(), (long) spec.maxPositions() + spec.embedding().positionOffset(),
                    spec.hiddenSize()));
        }
        if (spec.embedding().hasNorm()) {
            addNorm(all, embeddingNorm(), spec.hiddenSize());
        }
        if (spec.hasProjections()) {
            all.add(new Required(projectIn(), spec.hiddenSize(), width));
            all.add(new Required(projectOut(), width, spec.hiddenSize()));
        }
        if (spec.hasFinalNorm()) {
            addNorm(all, finalNorm(), spec.hiddenSize());
        }
        all.add(new Required(head(), spec.vocabSize(), width));
        return all;
    }

    private void addBlock(List<Required> all, int block) {
        for (LinearRole role : names.linearOrder()) {
            long[] shape = linearShape(role);
            all.add(new Required(linear(block, role), shape));
            if (spec.biased().contains(role)) {
                all.add(new Required(bias(block, role), shape[0]));
            }
        }
        for (NormRole role : blockNorms()) {
            addNorm(all, norm(block, role), normLength(role));
        }
    }

    private void addNorm(List<Required> all, String name, long length) {
        if (spec.norm().learned()) {
            all.add(new Required(name + ".weight", length));
            if (spec.norm().kind() == DecoderSpec.Norm.Kind.LAYER) {
                all.add(new Required(name + ".bias", length));
            }
        }
    }

    /** @throws BadInputException naming the first tensor that is missing or of another shape or element type */
    void check() {
        for (Required required : required()) {
            HostTensor tensor = source.tensor(required.name);
            if (!Arrays.equals(tensor.shape(), required.shape)) {
                throw new BadInputException(source.where() + ": tensor " + required.name + " has shape "
                        + Arrays.toString(tensor.shape()) + " where config.json asks for "
                        + Arrays.toString(required.shape) + "; take config.json and weights of the same model");
            }
            if (!tensor.dtype().isComputable()) {
                throw new BadInputException(source.where() + ": tensor " + required.name + " has dtype "
                        + tensor.dtype() + "; this program computes on F32, F16 and BF16");
            }
        }
    }
}
