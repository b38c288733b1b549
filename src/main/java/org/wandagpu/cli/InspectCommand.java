package org.wandagpu.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.wandagpu.inspect.CheckpointComparison;
import org.wandagpu.inspect.CheckpointInspection;
import org.wandagpu.result.InspectResult;
import org.wandagpu.schedule.PhaseClock;
import org.wandagpu.tensor.NmPattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks into a checkpoint. */
@Command(name = "inspect", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = "Shows the sparsity, N:M patterns, sizes and hash of a checkpoint.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  wanda-gpu inspect --model embedded:tiny-llama",
            "  wanda-gpu inspect --model pruned --pattern 2:4 --layers",
            "  wanda-gpu inspect --model pruned --compare embedded:tiny-llama"})
final class InspectCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nModel:%n")
    private final ModelOptions model = new ModelOptions();

    @Option(names = "--pattern", paramLabel = "N:M", split = ",", defaultValue = "2:4,4:8",
            description = "Patterns to look for, N kept of M. Default: ${DEFAULT-VALUE}. Ends with exit code 1 if one that is"
                    + " given here is not kept by every linear layer.")
    private List<NmPattern> patterns;

    @Option(names = "--layers", description = "Show every linear layer, not only the blocks.")
    private boolean showLayers;

    @Option(names = "--compare", paramLabel = "MODEL", description = "Another checkpoint to compare with, bit for bit.")
    private String other;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        PhaseClock clock = new PhaseClock();
        RunReport report = new RunReport(spec, common.json());
        try (OpenModel opened = model.open(common.console())) {
            CheckpointInspection found = opened.use(
                    () -> CheckpointInspection.of(opened.decoder(), opened.checkpoint(), patterns));
            InspectResult result = new InspectResult(bytes(opened), dtypes(opened), found.sparsity(), found.blocks(),
                    found.layers(), found.patternsOfAllLayers(patterns), other == null ? null : compare(opened));
            String sha256 = opened.checkpoint().sha256();
            print(opened, sha256, result);
            report.write(opened.describe(sha256), null, clock.seconds(), result);
            boolean asked = spec.commandLine().getParseResult().hasMatchedOption("--pattern");
            return asked && result.patterns().size() < patterns.size() ? 1 : 0;
        }
    }

    private InspectResult.Comparison compare(OpenModel opened) {
        try (OpenModel there = model.open(other, common.console())) {
            return CheckpointComparison.of(side(opened), side(there));
        }
    }

    private static CheckpointComparison.Side side(OpenModel opened) {
        return new CheckpointComparison.Side(opened.name(), opened.checkpoint().names(), opened.checkpoint());
    }

    private static long bytes(OpenModel opened) {
        return opened.checkpoint().names().stream()
                .mapToLong(name -> opened.checkpoint().tensor(name).bytes().byteSize()).sum();
    }

    private static Map<String, Long> dtypes(OpenModel opened) {
        Map<String, Long> counts = new TreeMap<>();
        for (String name : opened.checkpoint().names()) {
            var tensor = opened.checkpoint().tensor(name);
            counts.merge(tensor.dtype().name(), tensor.elements(), Long::sum);
        }
        return counts;
    }

    private void print(OpenModel opened, String sha256, InspectResult result) {
        PrintWriter out = common.console().out();
        var decoderSpec = opened.decoder().spec();
        out.printf(Locale.ROOT, "model      %s (%s)%n", opened.name(), decoderSpec.family());
        out.printf(Locale.ROOT, "shape      %d blocks, hidden %d, vocabulary %d%n", decoderSpec.blocks(),
                decoderSpec.hiddenSize(), decoderSpec.vocabSize());
        out.printf(Locale.ROOT, "parameters %,d  %s%n", opened.checkpoint().parameters(), result.dtypes().keySet());
        out.printf(Locale.ROOT, "bytes      %,d in %d file(s)%n", result.bytes(), opened.checkpoint().shards().size());
        out.printf(Locale.ROOT, "sha256     %s%n", sha256);
        out.printf(Locale.ROOT, "sparsity   %.6f over all linear layers of the blocks%n", result.sparsity());
        for (NmPattern pattern : patterns) {
            long kept = result.layers().stream().filter(layer -> layer.patterns().contains(pattern.toString())).count();
            out.printf(Locale.ROOT, "%-10s kept by %d of %d linear layers%n", pattern, kept, result.layers().size());
        }
        if (showLayers) {
            result.layers().forEach(layer -> out.printf(Locale.ROOT, "%.6f  %-5s [%d, %d]  %s  %s%n", layer.sparsity(),
                    layer.dtype(), layer.rows(), layer.columns(), layer.name(), String.join(" ", layer.patterns())));
        } else {
            for (int block = 0; block < result.blocks().size(); block++) {
                out.printf(Locale.ROOT, "layer %d sparsity %.6f%n", block, result.blocks().get(block));
            }
        }
        if (result.comparison() != null) {
            print(out, result.comparison());
        }
    }

    private static void print(PrintWriter out, InspectResult.Comparison comparison) {
        out.printf("compared with %s%n", comparison.other());
        List<String> lines = new ArrayList<>();
        comparison.onlyHere().forEach(name -> lines.add("only here     " + name));
        comparison.onlyThere().forEach(name -> lines.add("only there    " + name));
        comparison.differentShape().forEach(name -> lines.add("other shape   " + name));
        comparison.changed().forEach((name, count) -> lines.add(String.format(Locale.ROOT,
                "changed       %s: %d weights, %d of them now zero", name, count,
                comparison.zeroed().getOrDefault(name, 0L))));
        lines.forEach(out::println);
        if (lines.isEmpty()) {
            out.println("no difference: same names, shapes and bits");
        }
    }
}
