package org.wandagpu.oracle;

import java.util.function.DoubleUnaryOperator;
import org.wandagpu.oracle.OracleTransformer.InputRecorder;

/** Parts of a block over a checkpoint's tensors, by name. */
record OracleParts(OracleCheckpoint c) {

    /** LayerNorm; without gains and biases where the file has none. */
    double[] layerNorm(String name, double[] x, double epsilon) {
        boolean learned = c.has(name + ".weight");
        return OracleLayers.layerNorm(x, learned ? c.weight(name + ".weight") : null,
                learned ? c.weight(name + ".bias") : null, epsilon);
    }

    double[][] linear(String name, double[][] x, boolean bias, InputRecorder recorder) {
        recorder.record(name, x);
        return OracleLayers.linear(x, c.weight(name + ".weight"), bias ? c.weight(name + ".bias") : null,
                c.rows(name + ".weight"));
    }

    /** The MLP without a gate. */
    double[][] mlp(String up, String down, String activation, double[][] x, boolean bias, InputRecorder recorder) {
        double[][] inner = linear(up, x, bias, recorder);
        DoubleUnaryOperator f = OracleLayers.activation(activation);
        for (double[] token : inner) {
            for (int i = 0; i < token.length; i++) {
                token[i] = f.applyAsDouble(token[i]);
            }
        }
        return linear(down, inner, bias, recorder);
    }
}
