package org.wandagpu.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;
import org.wandagpu.result.BenchResult.Row;

/** Sets the candidates among the results of one benchmark class against their baselines. */
final class Comparison {

    private static final String CANDIDATE = "ours";

    /** One method's measurement at one shape. */
    private record Sample(String method, String shape, Mode mode, String unit, Statistics statistics) {

        static Sample of(RunResult result) {
            BenchmarkParams params = result.getParams();
            Result<?> primary = result.getPrimaryResult();
            String method = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
            return new Sample(method, shape(params), params.getMode(), primary.getScoreUnit(), primary.getStatistics());
        }

        private static String shape(BenchmarkParams params) {
            return params.getParamsKeys().stream()
                    .sorted(Comparator.comparing((String key) -> !key.equals(BenchRunner.SHAPE)))
                    .map(key -> key.equals(BenchRunner.SHAPE) ? params.getParam(key) : key + "=" + params.getParam(key))
                    .collect(Collectors.joining(" "));
        }

        double median() {
            return statistics.getPercentile(50);
        }

        /** How many times as fast this is as another. */
        double speedup(Sample baseline) {
            return mode == Mode.Throughput ? median() / baseline.median() : baseline.median() / median();
        }
    }

    private final String group;
    private final List<Sample> samples;

    /** @param results of all methods of the class at all shapes */
    Comparison(String group, Collection<RunResult> results) {
        this.group = group;
        this.samples = results.stream().map(Sample::of).toList();
    }

    /** A row for every candidate and baseline that were measured at the same shape. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Sample candidate : samples) {
            if (isCandidate(candidate.method)) {
                samples.stream()
                        .filter(other -> other.shape.equals(candidate.shape) && !isCandidate(other.method))
                        .filter(other -> caseOf(other.method).equals(caseOf(candidate.method)))
                        .forEach(baseline -> rows.add(row(candidate, baseline)));
            }
        }
        return rows;
    }

    private Row row(Sample candidate, Sample baseline) {
        String inClass = caseOf(candidate.method);
        return new Row(inClass.isEmpty() ? group : group + " " + inClass, candidate.shape,
                roleOf(baseline.method, inClass), CANDIDATE, candidate.unit, candidate.median(),
                candidate.statistics.getMin(), candidate.statistics.getMax(), candidate.speedup(baseline), false);
    }

    private static boolean isCandidate(String method) {
        return method.toLowerCase(Locale.ROOT).endsWith(CANDIDATE);
    }

    /** The case of a method: the longest that a candidate is of and the method's name begins with. */
    private String caseOf(String method) {
        return samples.stream()
                .filter(sample -> isCandidate(sample.method))
                .map(sample -> sample.method.substring(0, sample.method.length() - CANDIDATE.length()))
                .filter(method::startsWith)
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }

    private static String roleOf(String method, String inClass) {
        String role = method.substring(inClass.length());
        return role.substring(0, 1).toLowerCase(Locale.ROOT) + role.substring(1);
    }
}
