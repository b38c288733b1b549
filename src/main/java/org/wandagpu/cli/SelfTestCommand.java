package org.wandagpu.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.wandagpu.compute.Device;
import org.wandagpu.failure.UsageException;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.result.SelfTestResult;
import org.wandagpu.schedule.PhaseClock;
import org.wandagpu.selftest.SelfTest;
import org.wandagpu.selftest.SelfTest.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Holds the kernels to the CPU on this machine. */
@Command(name = "selftest", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Runs every kernel on a device and on the CPU, and compares the results: selected weights bit"
            + " for bit, statistics within rounding.",
            "The device is the GPU; where there is none, the simulator, on a few rows of LLaMA-7B's matrices."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  wanda-gpu selftest",
            "  wanda-gpu selftest --device cuda:1 --json selftest.json",
            "  wanda-gpu selftest --device sim --rows 64"})
final class SelfTestCommand implements Callable<Integer> {

    /** What the simulator does in about a minute. */
    private static final int SIMULATED_ROWS = 8;

    @Spec
    private CommandSpec spec;

    @Option(names = "--rows", paramLabel = "N",
            description = "Rows of LLaMA-7B's matrices at most. Default: all on a GPU, " + SIMULATED_ROWS
                    + " in the simulator.")
    private Integer rows;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        if (rows != null && rows < 1) {
            throw new UsageException("--rows " + rows + ": give 1 or more");
        }
        Console console = common.console();
        RunReport report = new RunReport(spec, common.json());
        PhaseClock clock = new PhaseClock();
        try (Device device = common.openKernelDevice(); Device cpu = common.openCpu()) {
            int mostRows = rows != null ? rows : device.kind().equals("cuda") ? Integer.MAX_VALUE : SIMULATED_ROWS;
            console.out().println("comparing " + device.name() + " with " + cpu.name());
            List<Outcome> outcomes = new SelfTest(device, cpu, mostRows).run(outcome -> print(console, outcome));
            report.write(null, device, clock.seconds(),
                    new SelfTestResult(outcomes.stream().map(SelfTestCommand::row).toList()));
            long failed = outcomes.stream().filter(outcome -> !outcome.passed()).count();
            if (failed > 0) {
                throw new WorkFailedException(failed + " of " + outcomes.size() + " comparisons with the CPU fail on "
                        + device.name() + ": do not prune on this device, and report the lines above");
            }
            console.out().println("all " + outcomes.size() + " comparisons agree");
        }
        return 0;
    }

    private static void print(Console console, Outcome outcome) {
        String verdict = !outcome.passed() ? "DIFFERS, first in " + outcome.firstDifference()
                : outcome.allowed() == 0 ? "same bytes"
                : "within %.1e (%.0e allowed)".formatted(outcome.found(), outcome.allowed());
        console.out().printf(Locale.ROOT, "%-30s %-5s %3d matrices up to %-14s %,14d elements  %s%n", outcome.operation(),
                outcome.dtype().name().toLowerCase(Locale.ROOT), outcome.matrices(), outcome.largest(), outcome.elements(),
                verdict);
        console.out().flush();
    }

    private static SelfTestResult.Row row(Outcome outcome) {
        return new SelfTestResult.Row(outcome.operation(), outcome.dtype().name(), outcome.matrices(), outcome.elements(),
                outcome.largest(), outcome.allowed(), outcome.found(), outcome.passed(), outcome.firstDifference());
    }
}
