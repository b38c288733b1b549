package org.wandagpu.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmark classes of the class path by group name: {@code GroupSelectBenchmark} is {@code group-select}. */
final class Benchmarks {

    private static final String SUFFIX = "Benchmark";

    private Benchmarks() {
    }

    /** Class names by group name, in the order of the names. */
    static Map<String, String> classesByGroup() {
        Map<String, String> classes = new TreeMap<>();
        BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
                .forEach(entry -> classes.put(groupOf(entry.getUserClassQName()), entry.getUserClassQName()));
        return classes;
    }

    static String groupOf(String className) {
        String name = className.substring(className.lastIndexOf('.') + 1);
        String stem = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        return stem.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
