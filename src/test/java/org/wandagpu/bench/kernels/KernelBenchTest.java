package org.wandagpu.bench.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wandagpu.compute.cuda.KernelRuntime;
import org.wandagpu.device.Devices;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.failure.UsageException;
import org.wandagpu.result.BenchResult.Row;

/** What {@code bench} does with the CUDA kernels. */
class KernelBenchTest {

    @Test
    void estimatesSayThatTheyAreAndShowTheirTerms() {
        List<String> terms = new ArrayList<>();
        List<Row> rows = new KernelBench(List.of("select"), List.of("256x1024")).run("sim:a100", row -> { }, terms::add);
        assertThat(rows).hasSize(3).allMatch(Row::estimated).allMatch(row -> row.candidate().equals("sim:a100"));
        assertThat(rows).allMatch(row -> row.median() > 0.003 && row.median() < 0.1, "microseconds");
        assertThat(terms).hasSize(3).allMatch(text -> text.contains("TB/s)"));
    }

    /** Four of the first, two of the second, one of the third in each of 32 blocks. */
    @Test
    void theModelIsTheSumOfItsLayers() {
        List<Row> rows = new KernelBench(List.of("compress"), List.of()).run("sim:h100", row -> { }, text -> { });
        assertThat(rows).extracting(Row::shape)
                .containsExactly("4096x4096", "11008x4096", "4096x11008", "llama-7b, 32 blocks");
        assertThat(rows.getLast().median()).isCloseTo(
                32 * (4 * rows.get(0).median() + 2 * rows.get(1).median() + rows.get(2).median()), within(1e-9));
    }

    @Test
    void wrongUseIsSaidInALine() {
        assertThatThrownBy(() -> new KernelBench(List.of("gemm"), List.of())).isInstanceOf(UsageException.class)
                .hasMessage("no benchmark group 'gemm' of CUDA kernels: there are select, compress, norms, prune");
        assertThatThrownBy(() -> new KernelBench(List.of(), List.of("17x33"))).isInstanceOf(UsageException.class)
                .hasMessageContaining("both multiples of 32");
        KernelBench whole = new KernelBench(List.of("prune"), List.of());
        assertThatThrownBy(() -> whole.run("cuda", row -> { }, text -> { })).isInstanceOf(UsageException.class)
                .hasMessage("bench prune is an estimate by the simulator: give --device sim:a100 or sim:h100");
        KernelBench bench = new KernelBench(List.of(), List.of());
        assertThatThrownBy(() -> bench.run("sim", row -> { }, text -> { })).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> bench.run("sim:b200", row -> { }, text -> { })).isInstanceOf(UsageException.class)
                .hasMessage("--device sim:b200: the simulator estimates sim:a100 and sim:h100");
        assertThatThrownBy(() -> bench.run("cuda:77", row -> { }, text -> { })).isInstanceOf(DeviceException.class);
    }

    /** The events of a simulated GPU tell no time; what is held here is that all that was taken is given back. */
    @Test
    void aMeasurementLeavesNothingOnTheGpu() {
        try (KernelRuntime runtime = Devices.openKernels("sim")) {
            LayerShape shape = new LayerShape(32, 64, 0);
            double[] times = new GpuTimer(runtime, 3 * 2 * shape.elements(), 2).milliseconds(shape,
                    operands -> KernelCase.COMPRESS.launch(runtime, operands));
            assertThat(times).hasSize(2);
            assertThat(runtime.gpu().allocatedBytes()).isZero();
            assertThat(CuSparseLtPeer.milliseconds(runtime, shape)).isEmpty();
        }
    }
}
