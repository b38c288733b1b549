package org.wandagpu.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wandagpu.compute.Device;
import org.wandagpu.failure.UsageException;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.PruningMethod;
import org.wandagpu.result.EvalResult;
import org.wandagpu.result.PruneResult;
import org.wandagpu.schedule.BlockReport;
import org.wandagpu.schedule.PhaseClock;
import org.wandagpu.schedule.Progress;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prunes a checkpoint. */
@Command(name = "prune", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Prunes a checkpoint in one shot and writes one that transformers loads.",
            "Works decoder block by decoder block, so memory does not grow with depth. The output has the same files,"
                + " names, shapes and dtypes; pruned weights are exact zeros, all others keep their bits.%n"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  wanda-gpu prune --model embedded:tiny-llama --output pruned",
            "  wanda-gpu prune --model embedded:tiny-opt --pattern 2:4 --output pruned-24",
            "  wanda-gpu prune --model embedded:tiny-llama --method magnitude \\",
            "      --sparsity 0.6 --output pruned-mag",
            "",
            "The published code's options are understood too: --sparsity_ratio,",
            "--sparsity_type, --prune_method, --use_variant, --save_model, --save,",
            "--cache_dir."})
final class PruneCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nModel:%n")
    private final ModelOptions model = new ModelOptions();

    @ArgGroup(validate = false, heading = "%nMethod:%n")
    private final MethodOptions method = new MethodOptions();

    @ArgGroup(validate = false, heading = "%nCalibration:%n")
    private final CalibrationOptions calibration = new CalibrationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n")
    private final OutputOptions output = new OutputOptions();

    @Option(names = "--evaluate", paramLabel = "TEXT",
            description = "Measure the pruned model's perplexity on TEXT afterwards, as `eval --text` does.")
    private String evaluationText;

    @Option(names = "--allow-nonfinite", description = "Prune although weights are NaN or infinite; they rank last.")
    private boolean allowNonFinite;

    @Option(names = "--save", hidden = true)
    private Path logFolder;

    @Option(names = "--eval-zero-shot", hidden = true)
    private boolean zeroShot;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        if (zeroShot) {
            throw new UsageException("--eval_zero_shot: the zero-shot tasks are not part of this version");
        }
        if (logFolder != null && evaluationText == null) {
            evaluationText = model.isEmbedded() ? "embedded" : "wikitext2";
        }
        PhaseClock clock = new PhaseClock();
        RunReport report = new RunReport(spec, common.json());
        PruningMethod chosen = method.method();
        if (!output.isDryRun()) {
            output.folder();
        }
        try (OpenModel opened = model.open(common.console()); Device device = common.openDevice()) {
            LayerChoice choice = method.choice(opened.decoder());
            PruneRun run = new PruneRun(opened, device, chosen, choice, output, clock);
            return opened.use(() ->
                    output.isDryRun() ? dryRun(run, opened, chosen) : prune(run, opened, device, report, clock));
        }
    }

    private int dryRun(PruneRun run, OpenModel opened, PruningMethod chosen) {
        CalibrationOptions.Size size = calibration.size(opened);
        int nsamples = chosen.needsStatistics() ? size.nsamples() : 0;
        common.console().out().print(run.plan(nsamples, size.seqlen(), calibration.drawingPlan(opened, run.device())));
        return 0;
    }

    private int prune(PruneRun run, OpenModel opened, Device device, RunReport report, PhaseClock clock) {
        Progress progress = common.progress();
        Evaluation.Windows windows = evaluationText == null ? null
                : clock.get("evaluate", () -> evaluationWindows(opened)); // before the prune: a bad text costs no work
        PruneRun.Outcome outcome = run.prune(() -> read(opened, device, progress, clock), progress);
        PruneResult result = describe(run, outcome, windows == null ? null : evaluate(device, windows, clock));
        print(result);
        report.write(opened.describe(outcome.inputs().sha256()), device, clock.seconds(), result);
        return 0;
    }

    private PruneRun.Inputs read(OpenModel opened, Device device, Progress progress, PhaseClock clock) {
        String sha256 = clock.get("load", () -> {
            if (!allowNonFinite) {
                WeightCheck.requireFinite(opened, device);
            }
            return opened.checkpoint().sha256();
        });
        CalibrationOptions.Samples samples = method.method().needsStatistics()
                ? clock.get("calibration", () -> calibration.load(opened, model, device, common.console(), progress)) : null;
        System.gc(); // texts and tokens are garbage now; the block loop allocates too little to have them collected soon
        return new PruneRun.Inputs(sha256, samples);
    }

    private Evaluation.Windows evaluationWindows(OpenModel opened) {
        Evaluation.Request request = new Evaluation.Request("--evaluate", evaluationText, null, 0, Integer.MAX_VALUE);
        return new Evaluation(request, model.hub(common.console())).windows(opened);
    }

    private EvalResult evaluate(Device device, Evaluation.Windows windows, PhaseClock clock) {
        try (OpenModel pruned = model.open(output.folder().toString(), common.console())) {
            return clock.get("evaluate", () -> Evaluation.measure(device, pruned, windows, common.progress()));
        }
    }

    private PruneResult describe(PruneRun run, PruneRun.Outcome outcome, EvalResult evaluation) {
        CalibrationOptions.Samples samples = outcome.inputs().samples();
        List<Double> blocks = new ArrayList<>();
        Map<String, Double> layers = new LinkedHashMap<>();
        long zeros = 0;
        long weights = 0;
        for (BlockReport block : outcome.reports()) {
            blocks.add(block.sparsity());
            block.zeros().forEach((name, count) -> layers.put(name, (double) count / block.weights().get(name)));
            zeros += block.totalZeros();
            weights += block.totalWeights();
        }
        return new PruneResult(run.method().name(), run.choice().target().patternName(),
                new PruneResult.Sparsity(run.choice().target().sparsity(), (double) zeros / weights, blocks, layers),
                samples == null ? null : samples.description(), output.folder().toString(), evaluation);
    }

    private void print(PruneResult result) {
        PrintWriter out = common.console().out();
        for (int block = 0; block < result.sparsity().blocks().size(); block++) {
            out.printf(Locale.ROOT, "layer %d sparsity %.6f%n", block, result.sparsity().blocks().get(block));
        }
        out.printf(Locale.ROOT, "total sparsity %.6f%n", result.sparsity().actual());
        if (result.evaluation() != null) {
            EvalCommand.print(common.console(), result.evaluation());
        }
        if (logFolder != null) {
            ReferenceLog.write(logFolder, result);
        }
        out.println("wrote " + result.output());
    }
}
