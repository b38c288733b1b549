package org.wandagpu.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.wandagpu.bench.BenchRunner;
import org.wandagpu.bench.kernels.KernelBench;
import org.wandagpu.compute.Device;
import org.wandagpu.result.BenchResult;
import org.wandagpu.schedule.PhaseClock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures the kernels on this machine. */
@Command(name = "bench", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Measures the kernels on this machine: the CPU's each beside its plain form, with --device cuda the CUDA"
            + " kernels beside the memory's bandwidth.",
            "With --device sim:a100 or sim:h100 the simulator estimates those."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  wanda-gpu bench --list",
            "  wanda-gpu bench gemm select --quick",
            "  wanda-gpu bench gemm --shapes 512x4096x4096 --json gemm.json",
            "  wanda-gpu bench select compress norms --device sim:a100"})
final class BenchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "GROUP", arity = "0..*", description = "What to measure. Default: everything.")
    private List<String> groups = new ArrayList<>();

    @Option(names = "--shapes", paramLabel = "SHAPE", split = ",",
            description = "Shapes in place of the benchmarks' own, written as they are.")
    private List<String> shapes = new ArrayList<>();

    @Option(names = "--quick", description = "One short run each, for a first look.")
    private boolean quick;

    @Option(names = "--list", description = "Name the groups and stop.")
    private boolean list;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        Console console = common.console();
        PhaseClock clock = new PhaseClock();
        RunReport report = new RunReport(spec, common.json());
        if (common.device().startsWith("cuda") || common.device().startsWith("sim")) {
            report.write(null, null, clock.seconds(), new BenchResult(kernels(console)));
            return 0;
        }
        BenchRunner runner = new BenchRunner();
        if (list) {
            runner.groups().forEach(console.out()::println);
            return 0;
        }
        heading(console);
        List<BenchResult.Row> rows = runner.run(new BenchRunner.Options(groups, shapes, quick),
                some -> some.forEach(row -> print(console, row)));
        try (Device device = common.openCpu()) {
            report.write(null, device, clock.seconds(), new BenchResult(rows));
        }
        return 0;
    }

    private List<BenchResult.Row> kernels(Console console) {
        if (list) {
            KernelBench.groups().forEach(console.out()::println);
            return List.of();
        }
        KernelBench bench = new KernelBench(groups, shapes);
        if (common.device().startsWith("sim")) {
            console.out().println("Estimates by the simulator, not measurements: see docs/simulator.md");
        }
        heading(console);
        return bench.run(common.device(), row -> print(console, row), text -> console.out().print(text));
    }

    private static void heading(Console console) {
        console.out().printf("%-34s %-22s %-10s %-10s %12s %12s %12s %-7s %7s%n", "case", "shape", "baseline", "candidate",
                "median", "low", "high", "unit", "speedup");
    }

    private static void print(Console console, BenchResult.Row row) {
        console.out().printf(Locale.ROOT, "%-34s %-22s %-10s %-10s %12.4g %12.4g %12.4g %-7s %7.2f%s%n", row.name(),
                row.shape(), row.baseline(), row.candidate(), row.median(), row.low(), row.high(), row.unit(), row.ratio(),
                row.estimated() ? "  estimate" : "");
        console.out().flush();
    }
}
