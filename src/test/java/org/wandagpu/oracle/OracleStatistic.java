package org.wandagpu.oracle;

/** The running statistic of reference-semantics §2, in double. */
public final class OracleStatistic {

    private OracleStatistic() {
    }

    /**
     * The statistic after all sequences of {@code x}.
     *
     * @param x {@code [sequences · seqlen, columns]}
     */
    public static double[] of(float[] x, int columns, int seqlen) {
        double[] s = new double[columns];
        int sequences = x.length / columns / seqlen;
        for (int sequence = 0; sequence < sequences; sequence++) {
            for (int j = 0; j < columns; j++) {
                double squares = 0;
                for (int t = 0; t < seqlen; t++) {
                    double value = x[(sequence * seqlen + t) * columns + j];
                    squares += value * value;
                }
                s[j] = s[j] * sequence / (sequence + 1) + squares / (sequence + 1);
            }
        }
        return s;
    }
}
