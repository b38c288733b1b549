package org.wandagpu.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.simulator.Schedule;

/** Takes the barriers out of the kernels as they ship, one by one: the simulator must report each that is needed. */
class MissingBarrierTest {

    private static final Pattern BARRIER = Pattern.compile("\\bbar\\.(warp\\.)?sync[^;]*;");

    /** Barriers that these inputs can do without, counted within their entry. */
    private static final Map<KernelWork, List<String>> NOT_NEEDED = Map.of(
            // 0, 2 and 8 are the ones of a row whose guess was right; the others lie on ways that no row takes here
            KernelWork.ROWS_IN_REGISTERS, barriers("select_rows_v1_f16", 1, 3, 4, 5, 6, 7, 9, 10, 11),
            // before the ties of the next 512 columns, where there are only 301
            KernelWork.ROWS_IN_MEMORY, barriers("select_rows_general_f16", 5),
            // after the last step of the scan a thread reads its own sum only: redundant;
            // before the next 1024 rows, where there are only 5
            KernelWork.LAYER, List.of("layer_pick 10", "layer_spread_ties 11"),
            // before the next 8 sequences, where there are only 5
            KernelWork.COLUMN_SQUARES, barriers("column_squares_fold", 1));

    private static List<String> barriers(String entry, int... numbers) {
        List<String> names = new ArrayList<>();
        for (int number : numbers) {
            names.add(entry + " " + number);
        }
        return names;
    }

    @ParameterizedTest
    @EnumSource
    void isReported(KernelWork work) {
        Simulation whole = new Simulation();
        work.result(whole, OracleWeights.Kind.QUANTISED);
        List<String> missed = new ArrayList<>();
        for (String entry : new LinkedHashSet<>(whole.launched)) {
            String source = whole.sourceOf(entry);
            List<String> spoiled = spoiled(ShippedKernels.ptx(source), entry);
            for (int i = 0; i < spoiled.size(); i++) {
                if (!isReported(work, source, spoiled.get(i))) {
                    missed.add(entry + " " + i);
                }
            }
        }
        assertThat(missed).isEqualTo(NOT_NEEDED.getOrDefault(work, List.of()));
    }

    private static boolean isReported(KernelWork work, String source, String ptx) {
        try {
            work.result(new Simulation(Schedule.NATURAL,
                    name -> name.equals(source) ? ptx : ShippedKernels.ptx(name)), OracleWeights.Kind.QUANTISED);
            return false;
        } catch (AssertionError reported) {
            return true;
        }
    }

    /** The text without the first, the second, ... barrier of an entry. */
    private static List<String> spoiled(String ptx, String entry) {
        int start = ptx.indexOf(".entry " + entry + "(");
        Matcher barrier = BARRIER.matcher(ptx).region(start, ptx.indexOf("\n}", start));
        List<String> spoiled = new ArrayList<>();
        while (barrier.find()) {
            spoiled.add(ptx.substring(0, barrier.start()) + ptx.substring(barrier.end()));
        }
        return spoiled;
    }
}
