package org.wandagpu.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wandagpu.failure.UsageException;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.LinearRole;
import org.wandagpu.prune.ComparisonGroup;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.Magnitude;
import org.wandagpu.prune.PruningMethod;
import org.wandagpu.prune.SparsityTarget;
import org.wandagpu.prune.Wanda;
import org.wandagpu.prune.WandaVariant;
import org.wandagpu.tensor.NmPattern;
import picocli.CommandLine.Option;

/** How a model is pruned: method, target, choice of layers. */
final class MethodOptions {

    private static final double DEFAULT_SPARSITY = 0.5;

    @Option(names = "--method", paramLabel = "NAME", description = {
        "wanda: |W| times the norm of its input, compared inside each output row (default).",
        "magnitude: |W| alone, one threshold a layer; no calibration."})
    private String method = "wanda";

    @Option(names = "--pattern", paramLabel = "PATTERN", description =
        "unstructured (default) or N:M: N weights KEPT of every M neighbours, as hardware documents count. 2:4, 4:8; 1:4"
            + " keeps one.")
    private String pattern = "unstructured";

    @Option(names = "--sparsity", paramLabel = "SHARE", description =
        "Share of weights to zero, 0 to 1. Default: 0.5; an N:M pattern says it by itself.")
    private Double sparsity;

    @Option(names = "--variant", description =
        "Wanda's variant: each row loses a share of its score sum instead of a share of its weights.")
    private boolean variant;

    @Option(names = "--comparison-group", paramLabel = "GROUP", description =
        "What unstructured pruning ranks together: row or layer. Default: row for wanda, layer for magnitude.")
    private String group;

    @Option(names = "--include", paramLabel = "GLOB", split = ",", description =
        "Prune only layers whose name matches, for example 'mlp.*' or 'layers.0.*'. May be repeated.")
    private List<String> include = new ArrayList<>();

    @Option(names = "--exclude", paramLabel = "GLOB", split = ",", description = "Leave these layers dense. May be repeated.")
    private List<String> exclude = new ArrayList<>();

    @Option(names = "--layer-sparsity", paramLabel = "GLOB=SHARE", split = ",", description =
        "Another sparsity for some layers, for example 'down_proj=0.3'; the last that matches holds.")
    private Map<String, Double> layerSparsity = new LinkedHashMap<>();

    @Option(names = {"--prunen"}, hidden = true)
    private Integer prunedPerGroup;

    @Option(names = {"--prunem"}, hidden = true)
    private Integer groupSize;

    @Option(names = "--minlayer", hidden = true)
    private int firstBlock;

    @Option(names = "--maxlayer", hidden = true)
    private int blocksEnd = Integer.MAX_VALUE;

    /** The method. */
    PruningMethod method() {
        return switch (method) {
            case "wanda" -> variant ? new WandaVariant() : new Wanda();
            case "magnitude" -> magnitude();
            default -> throw new UsageException("--method " + method
                    + " is not part of this version: give wanda or magnitude");
        };
    }

    private PruningMethod magnitude() {
        if (variant) {
            throw new UsageException("--variant goes with --method wanda only; drop one of the two");
        }
        return new Magnitude();
    }

    /**
     * Which layers of a model are pruned to what.
     *
     * @throws UsageException if a glob matches nothing or the method cannot reach the target on a layer
     */
    LayerChoice choice(DecoderModel model) {
        List<String> dense = new ArrayList<>(exclude);
        for (int block = 0; block < model.spec().blocks(); block++) {
            if (block < firstBlock || block >= blocksEnd) {
                int outside = block;
                model.linearOrder().forEach(role -> dense.add(model.linearName(outside, role)));
            }
        }
        LayerChoice choice = new LayerChoice(target(), include, dense, layerSparsity);
        choice.check(model.prunableNames());
        PruningMethod chosen = method();
        for (int block = 0; block < model.spec().blocks(); block++) {
            for (LinearRole role : model.linearOrder()) {
                String name = model.linearName(block, role);
                if (choice.of(name) != null) {
                    chosen.check(choice.of(name), name, model.linearShape(role)[1]);
                }
            }
        }
        return choice;
    }

    private SparsityTarget target() {
        NmPattern semiStructured = semiStructured();
        if (semiStructured == null) {
            return new SparsityTarget.Unstructured(sparsity == null ? DEFAULT_SPARSITY : sparsity, group());
        }
        SparsityTarget target = new SparsityTarget.SemiStructured(semiStructured);
        if (sparsity != null && Math.abs(sparsity - target.sparsity()) > 1e-9) {
            throw new UsageException("--sparsity " + sparsity + " contradicts --pattern " + semiStructured + ", which zeroes "
                    + target.sparsity() + "; drop one of the two");
        }
        if (group != null) {
            throw new UsageException("--comparison-group goes with unstructured pruning only, not with " + semiStructured);
        }
        return target;
    }

    /** N:M from {@code --pattern} or from the published code's pair of numbers, which count the zeroed; null without. */
    private NmPattern semiStructured() {
        if (prunedPerGroup != null || groupSize != null) {
            if (prunedPerGroup == null || groupSize == null) {
                throw new UsageException("--prunen and --prunem go together: n zeroed of every m");
            }
            return prunedPerGroup == 0 && groupSize == 0 ? null : new NmPattern(groupSize - prunedPerGroup, groupSize);
        }
        return pattern.equals("unstructured") ? null : Patterns.parse(pattern);
    }

    private ComparisonGroup group() {
        if (group == null) {
            return method().defaultGroup();
        }
        return switch (group) {
            case "row" -> ComparisonGroup.ROW;
            case "layer" -> ComparisonGroup.LAYER;
            default -> throw new UsageException("--comparison-group " + group + " is not known: give row or layer");
        };
    }
}
