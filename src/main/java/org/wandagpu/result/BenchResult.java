package org.wandagpu.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What {@code bench} measured.
 *
 * @param rows one for each pair of a baseline and a candidate
 */
public record BenchResult(List<Row> rows) implements CommandResult {

    /**
     * A candidate against its baseline, measured in one run.
     *
     * @param name what was measured
     * @param shape of its operands
     * @param baseline name of the baseline
     * @param candidate name of the candidate
     * @param unit of the three figures
     * @param median of the candidate's samples
     * @param low smallest sample
     * @param high largest sample
     * @param ratio baseline's median time ÷ candidate's: the speedup
     * @param estimated whether the simulator's estimate stands in for a measurement
     */
    public record Row(@JsonProperty("case") String name, String shape, String baseline, String candidate, String unit,
            double median, double low, double high, double ratio, boolean estimated) {
    }
}
