package org.wandagpu.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.wandagpu.failure.UsageException;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.result.BenchResult.Row;

/**
 * Runs the benchmarks of the class path, group by group, each in JVMs of its own with the flags of this one.
 */
public final class BenchRunner {

    /** The benchmark parameter that {@link Options#shapes()} sets. */
    static final String SHAPE = "shape";

    private static final TimeValue QUICK = TimeValue.milliseconds(200);

    /**
     * What to run.
     *
     * @param groups names of {@link #groups()}; empty for all
     * @param shapes values for the benchmarks' parameter {@code shape} in place of their own; empty for their own
     * @param quick one short fork for a first look; else as the benchmarks are annotated
     */
    public record Options(List<String> groups, List<String> shapes, boolean quick) {
    }

    private final Map<String, String> classes = Benchmarks.classesByGroup();

    /** The names of all groups, in order. */
    public List<String> groups() {
        return List.copyOf(classes.keySet());
    }

    /**
     * Runs benchmarks; this takes minutes.
     *
     * @param eachGroup told of a group's rows as soon as they are there
     * @return all rows
     * @throws UsageException if a group is unknown
     * @throws WorkFailedException if a benchmark cannot be run
     */
    public List<Row> run(Options options, Consumer<List<Row>> eachGroup) {
        List<String> wanted = options.groups().isEmpty() ? groups() : options.groups();
        for (String group : wanted) {
            if (!classes.containsKey(group)) {
                throw new UsageException(
                        "no benchmark group '" + group + "': there are " + String.join(", ", groups()));
            }
        }
        List<Row> all = new ArrayList<>();
        for (String group : wanted) {
            List<Row> rows = run(group, options);
            eachGroup.accept(rows);
            all.addAll(rows);
        }
        return all;
    }

    private List<Row> run(String group, Options options) {
        try {
            Path log = Files.createTempFile("wanda-gpu-bench-" + group, ".log");
            List<Row> rows = new Comparison(group, results(group, options, log)).rows();
            Files.delete(log);
            return rows;
        } catch (IOException e) {
            throw new WorkFailedException("benchmark " + group + " cannot keep its log: " + e.getMessage(), e);
        }
    }

    private Collection<RunResult> results(String group, Options options, Path log) {
        String reason = "no method of it ended well";
        try {
            Collection<RunResult> results = new Runner(jmh(classes.get(group), options, log).build()).run();
            if (!results.isEmpty()) {
                return results;
            }
        } catch (RunnerException e) {
            reason = e.getMessage();
        }
        throw new WorkFailedException("benchmark " + group + " gave no result: " + reason + "; its log is " + log);
    }

    private static ChainedOptionsBuilder jmh(String className, Options options, Path log) {
        ChainedOptionsBuilder builder = new OptionsBuilder()
                .include("^" + Pattern.quote(className) + "\\.").output(log.toString())
                .jvmArgsAppend(); // the flags of this JVM are passed on; flags of an annotation could contradict them
        if (!options.shapes().isEmpty()) {
            builder.param(SHAPE, options.shapes().toArray(String[]::new));
        }
        if (options.quick()) {
            builder.forks(1).warmupIterations(1).warmupTime(QUICK).measurementIterations(3).measurementTime(QUICK);
        }
        return builder;
    }
}
