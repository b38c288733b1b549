package org.wandagpu.oracle;

import java.nio.file.Path;

/**
 * The forward pass of every family in double with plain loops, for one sequence at a time: written from the published
 * model definitions, reads config.json itself and shares nothing with the program.
 */
public final class OracleTransformer {

    /** Sees the input of each linear layer. */
    @FunctionalInterface
    public interface InputRecorder {
        /**
         * @param linear bare name of the layer: without the family's prefix and without {@code .weight}
         * @param input {@code [token][inFeature]}
         */
        void record(String linear, double[][] input);
    }

    private final OracleCheckpoint checkpoint;
    private final OracleBlock block;

    /** Reads a checkpoint folder. */
    public OracleTransformer(Path folder) {
        this.checkpoint = new OracleCheckpoint(folder);
        this.block = OracleBlock.of(checkpoint);
    }

    /** Number of decoder blocks. */
    public int blocks() {
        return (int) checkpoint.number(0, "n_layer", "num_hidden_layers");
    }

    /** Elements of a linear layer's weight, row-major; changing them changes the model. */
    public double[] weight(String linear) {
        return checkpoint.weight(OracleCheckpoint.bare(linear.replace(".weight", "")) + ".weight");
    }

    /** The bare name of a checkpoint's weight, as {@link InputRecorder} gives it. */
    public static String bareLinear(String weightName) {
        return OracleCheckpoint.bare(weightName).replace(".weight", "");
    }

    /** The input of block 0, {@code [token][hiddenSize]}. */
    public double[][] embed(int[] ids) {
        String table = table();
        double[] all = checkpoint.weight(table);
        int width = all.length / checkpoint.rows(table);
        double[][] x = new double[ids.length][width];
        for (int t = 0; t < ids.length; t++) {
            System.arraycopy(all, ids[t] * width, x[t], 0, width);
        }
        if (checkpoint.has("project_in.weight")) {
            x = project("project_in.weight", x);
        }
        for (int t = 0; t < ids.length; t++) {
            if (checkpoint.has("embed_positions.weight")) {
                double[] positions = checkpoint.weight("embed_positions.weight");
                for (int i = 0; i < x[t].length; i++) {
                    x[t][i] += positions[(t + 2) * x[t].length + i];
                }
            }
            if (checkpoint.has("word_embeddings_layernorm.weight")) {
                x[t] = block.norm("word_embeddings_layernorm", x[t]);
            }
        }
        return x;
    }

    /** The output of a block. */
    public double[][] block(int index, double[][] x, InputRecorder recorder) {
        return block.forward(index, x, recorder);
    }

    /** Logits of the output of the last block, {@code [token][vocabSize]}. */
    public double[][] head(double[][] hidden) {
        String norm = switch (checkpoint.family()) {
            case "opt" -> {
                boolean has = checkpoint.flag(true, "do_layer_norm_before")
                        && !checkpoint.flag(false, "_remove_final_layer_norm");
                yield has ? "final_layer_norm" : null;
            }
            case "bloom" -> "ln_f";
            case "gpt_neox" -> "final_layer_norm";
            default -> "norm";
        };
        double[][] x = new double[hidden.length][];
        for (int t = 0; t < x.length; t++) {
            x[t] = norm == null ? hidden[t] : block.norm(norm, hidden[t]);
        }
        if (checkpoint.has("project_out.weight")) {
            x = project("project_out.weight", x);
        }
        return project(headName(), x);
    }

    private double[][] project(String weight, double[][] x) {
        return OracleLayers.linear(x, checkpoint.weight(weight), null, checkpoint.rows(weight));
    }

    private String headName() {
        String head = checkpoint.family().equals("gpt_neox") ? "embed_out.weight" : "lm_head.weight";
        return checkpoint.has(head) ? head : table();
    }

    private String table() {
        String table = switch (checkpoint.family()) {
            case "bloom" -> "word_embeddings.weight";
            case "gpt_neox" -> "embed_in.weight";
            default -> "embed_tokens.weight";
        };
        return checkpoint.has(table) ? table : "lm_head.weight";
    }

    /** Logits of a whole sequence. */
    public double[][] logits(int[] ids) {
        double[][] x = embed(ids);
        for (int index = 0; index < blocks(); index++) {
            x = block(index, x, (linear, input) -> { });
        }
        return head(x);
    }
}
