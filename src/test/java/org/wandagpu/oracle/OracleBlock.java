package org.wandagpu.oracle;

import org.wandagpu.oracle.OracleTransformer.InputRecorder;

/** The decoder blocks of one family. */
interface OracleBlock {

    static OracleBlock of(OracleCheckpoint checkpoint) {
        return switch (checkpoint.family()) {
            case "opt" -> new OracleOpt(checkpoint);
            case "bloom" -> new OracleBloom(checkpoint);
            case "gpt_neox" -> new OracleNeox(checkpoint);
            default -> new OracleLlama(checkpoint);
        };
    }

    /** The output of block {@code index} for one sequence, {@code [token][hiddenSize]}. */
    double[][] forward(int index, double[][] x, InputRecorder recorder);

    /** The family's norm of one token. */
    double[] norm(String name, double[] x);

    /** The norm of each token. */
    default double[][] normed(String name, double[][] x) {
        double[][] out = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            out[t] = norm(name, x[t]);
        }
        return out;
    }
}
