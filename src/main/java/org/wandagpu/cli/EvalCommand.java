package org.wandagpu.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.wandagpu.compute.Device;
import org.wandagpu.result.EvalResult;
import org.wandagpu.schedule.PhaseClock;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures perplexity. */
@Command(name = "eval", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Measures the perplexity of a checkpoint, dense or pruned.",
            "The text is tokenised once and cut into windows; perplexity is exp of the mean over windows of the mean"
                + " next-token loss, as in the published code.%n"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  wanda-gpu eval --model embedded:tiny-llama",
            "  wanda-gpu eval --model pruned --text wiki.test.raw --seqlen 2048",
            "  wanda-gpu eval --model meta-llama/Llama-2-7b-hf --json dense.json"})
final class EvalCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nModel:%n")
    private final ModelOptions model = new ModelOptions();

    @ArgGroup(validate = false, heading = "%nText:%n")
    private final EvaluationOptions options = new EvaluationOptions();

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        PhaseClock clock = new PhaseClock();
        RunReport report = new RunReport(spec, common.json());
        Evaluation evaluation = new Evaluation(options.request(model.isEmbedded()), model.hub(common.console()));
        try (OpenModel opened = model.open(common.console()); Device device = common.openDevice()) {
            Evaluation.Windows windows = clock.get("load", () -> evaluation.windows(opened));
            EvalResult result = clock.get("evaluate",
                    () -> opened.use(() -> Evaluation.measure(device, opened, windows, common.progress())));
            print(common.console(), result);
            if (report.isWanted()) {
                report.write(opened.describe(opened.checkpoint().sha256()), device, clock.seconds(), result);
            }
            return 0;
        }
    }

    static void print(Console console, EvalResult result) {
        console.out().printf(Locale.ROOT, "perplexity %s (%d windows of %d tokens, %s)%n",
                result.perplexity() == null ? result.reason() : String.format(Locale.ROOT, "%.4f", result.perplexity()),
                result.windows(), result.seqlen(), result.text().source());
    }
}
