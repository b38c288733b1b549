package org.wandagpu.cli;

import java.util.Map;

/** The published code's option names, taken for ours. */
final class ReferenceAliases {

    private static final Map<String, String> OURS = Map.of(
            "--sparsity_ratio", "--sparsity",
            "--sparsity_type", "--pattern",
            "--prune_method", "--method",
            "--use_variant", "--variant",
            "--save_model", "--output",
            "--cache_dir", "--cache-dir",
            "--eval_zero_shot", "--eval-zero-shot");

    private ReferenceAliases() {
    }

    /** The same command line in this program's words. */
    static String[] translate(String[] args) {
        String[] translated = args.clone();
        for (int i = 0; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            String name = equals < 0 ? args[i] : args[i].substring(0, equals);
            if (OURS.containsKey(name)) {
                translated[i] = OURS.get(name) + args[i].substring(name.length());
            }
        }
        return translated;
    }
}
