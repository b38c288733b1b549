package org.wandagpu.prune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.wandagpu.failure.UsageException;

/**
 * Which linear layers are pruned and to what: name globs to include and exclude, and sparsities of single layers.
 *
 * <p>A glob matches a weight's whole checkpoint name or a part of it that ends at dots: {@code *} stands for any
 * characters, {@code ?} for one. {@code mlp.*} matches {@code model.layers.0.mlp.up_proj.weight}.
 */
public final class LayerChoice {

    private final SparsityTarget target;
    private final List<String> include;
    private final List<String> exclude;
    private final Map<String, Double> sparsities;
    private final Map<String, Pattern> compiled = new LinkedHashMap<>();

    /**
     * @param target what a layer is pruned to where nothing else is said
     * @param include globs; empty = all layers
     * @param exclude globs of layers that stay dense
     * @param sparsities glob → sparsity, for unstructured targets; the last that matches holds
     * @throws UsageException if sparsities are given for an N:M target
     */
    public LayerChoice(SparsityTarget target, List<String> include, List<String> exclude, Map<String, Double> sparsities) {
        if (!sparsities.isEmpty() && !(target instanceof SparsityTarget.Unstructured)) {
            throw new UsageException("--layer-sparsity works on unstructured pruning only, not on " + target.patternName());
        }
        this.target = target;
        this.include = List.copyOf(include);
        this.exclude = List.copyOf(exclude);
        this.sparsities = new LinkedHashMap<>(sparsities);
        List<String> all = new ArrayList<>(include);
        all.addAll(exclude);
        all.addAll(sparsities.keySet());
        all.forEach(glob -> compiled.put(glob, compile(glob)));
    }

    /** All layers to one target. */
    public static LayerChoice all(SparsityTarget target) {
        return new LayerChoice(target, List.of(), List.of(), Map.of());
    }

    /** What a layer is pruned to where nothing else is said. */
    public SparsityTarget target() {
        return target;
    }

    /** The target of a layer, or null if it stays dense. */
    public SparsityTarget of(String name) {
        boolean included = include.isEmpty() || include.stream().anyMatch(glob -> matches(glob, name));
        if (!included || exclude.stream().anyMatch(glob -> matches(glob, name))) {
            return null;
        }
        SparsityTarget chosen = target;
        for (Map.Entry<String, Double> entry : sparsities.entrySet()) {
            if (matches(entry.getKey(), name) && target instanceof SparsityTarget.Unstructured(double _, var group)) {
                chosen = new SparsityTarget.Unstructured(entry.getValue(), group);
            }
        }
        return chosen;
    }

    /**
     * Checks that every glob matches a layer and at least one layer is pruned.
     *
     * @throws UsageException naming the glob
     */
    public void check(List<String> names) {
        for (String glob : compiled.keySet()) {
            if (names.stream().noneMatch(name -> matches(glob, name))) {
                throw new UsageException("pattern '" + glob + "' matches no linear layer; names look like " + names.getFirst());
            }
        }
        if (names.stream().allMatch(name -> of(name) == null)) {
            throw new UsageException("--include and --exclude leave no layer to prune");
        }
    }

    /** A stable text of the choice, for comparing runs. */
    public String describe() {
        return target + " include=" + include + " exclude=" + exclude + " layers=" + sparsities;
    }

    private boolean matches(String glob, String name) {
        return compiled.get(glob).matcher(name).matches();
    }

    private static Pattern compile(String glob) {
        StringBuilder regex = new StringBuilder("(?:.*\\.)?");
        for (char c : glob.toCharArray()) {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.append("(?:\\..*)?").toString());
    }
}
