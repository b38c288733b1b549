package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.made.MadeModel;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.prune.ComparisonGroup;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.SparsityTarget;
import org.wandagpu.prune.Wanda;
import org.wandagpu.tensor.HostTensor;
import org.wandagpu.tensor.TensorSource;

/** A prune that goes wrong in the middle: says where, and frees what it holds. */
@Timeout(60)
class PrunerFailureTest {

    private static final List<int[]> SAMPLES = List.of(new int[] {1, 2, 3, 4}, new int[] {9, 8, 7, 6});

    @TempDir
    private Path folder;
    private MadeModel source;

    @BeforeEach
    void open() {
        source = new MadeModel(MadeCheckpoint.of("llama").write(folder.resolve("checkpoint")));
    }

    private static void prune(Device device, DecoderModel model) {
        prune(device, model, new KeptWeights());
    }

    private static void prune(Device device, DecoderModel model, PruneSink sink) {
        LayerChoice half = LayerChoice.all(new SparsityTarget.Unstructured(0.5, ComparisonGroup.ROW));
        new Pruner(device, model, new Wanda(), half, sink, Progress.NONE, new PhaseClock()).run(SAMPLES);
    }

    /** The model whose tensors are what {@code change} makes of them when they are asked for. */
    private DecoderModel changed(UnaryOperator<HostTensor> change) {
        return source.open().withSource(new TensorSource() {
            @Override
            public String where() {
                return source.where();
            }

            @Override
            public boolean has(String name) {
                return source.has(name);
            }

            @Override
            public HostTensor tensor(String name) {
                return change.apply(source.tensor(name));
            }
        });
    }

    private static HostTensor filled(HostTensor like, float value) {
        MemorySegment bytes = Arena.ofAuto().allocate(4 * like.elements(), 8);
        for (long i = 0; i < like.elements(); i++) {
            bytes.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
        return new HostTensor(like.name(), like.dtype(), like.shape(), bytes);
    }

    @Test
    void activationsThatOverflowInsideABlockAreNamedWithTheLinearLayer() {
        DecoderModel model = changed(t -> t.name().equals("model.layers.1.mlp.up_proj.weight") ? filled(t, 3e38f) : t);
        try (Device device = new CpuDevice(2)) {
            assertThatThrownBy(() -> prune(device, model)).isInstanceOf(WorkFailedException.class)
                    .hasMessage("block 1: the input of model.layers.1.mlp.down_proj.weight has NaN or infinite"
                            + " activations; the model overflows on this calibration text, so its statistics would"
                            + " mean nothing");
            assertThat(device.allocatedBytes()).as("leaked bytes").isZero();
        }
    }

    @Test
    void activationsThatOverflowAtTheEndOfABlockAreNamed() {
        String last = "model.layers.1.mlp.down_proj.weight";
        DecoderModel model = changed(t -> t.name().equals(last) ? filled(t, 3e38f) : t);
        try (Device device = new CpuDevice(2)) {
            assertThatThrownBy(() -> prune(device, model)).isInstanceOf(WorkFailedException.class)
                    .hasMessageStartingWith("block 1: its output has NaN or infinite activations");
            assertThat(device.allocatedBytes()).as("leaked bytes").isZero();
        }
    }

    @Test
    void aBlockThatCannotBeReadAheadFailsWhenItsTurnComes() {
        DecoderModel model = changed(t -> {
            if (t.name().startsWith("model.layers.2.mlp.gate")) {
                throw new BadInputException("checkpoint: damaged");
            }
            return t;
        });
        try (Device device = new CpuDevice(2)) {
            assertThatThrownBy(() -> prune(device, model)).isInstanceOf(BadInputException.class)
                    .hasMessage("checkpoint: damaged");
            assertThat(device.allocatedBytes()).as("leaked bytes").isZero();
        }
    }

    @Test
    void whatIsClosedEarlyFreesTheBlocksThatAreReadWorkedOnAndWritten() {
        try (Device device = new CpuDevice(1)) {
            new ResidentBlocks(device, source.open(), 0).close();
            assertThat(device.allocatedBytes()).isZero();
            ResidentBlocks used = new ResidentBlocks(device, source.open(), 0);
            used.next();
            used.leave(_ -> { });
            used.next();
            used.close();
            assertThat(device.allocatedBytes()).isZero();
        }
    }

    @Test
    void anInterruptedThreadStillFreesAllBlocks() {
        try (Device device = new CpuDevice(1)) {
            ResidentBlocks blocks = new ResidentBlocks(device, source.open(), 0);
            blocks.next();
            blocks.leave(_ -> { });
            Thread.currentThread().interrupt();
            blocks.close();
            assertThat(Thread.interrupted()).as("the interrupt is kept for the caller").isTrue();
            assertThat(device.allocatedBytes()).isZero();
        }
    }

    @Test
    void aBlockThatCannotBeWrittenEndsThePruneWithTheFailure() {
        for (int failing = 0; failing < 3; failing++) {
            int block = failing;
            PruneSink sink = new KeptWeights() {
                @Override
                public void write(String name, Tensor weight) {
                    if (name.startsWith("model.layers." + block + ".")) {
                        throw new WorkFailedException("no space is left");
                    }
                }

                @Override
                public void blockDone(BlockReport report, HiddenStates hidden) {
                    assertThat(report.block()).isLessThan(block);
                }
            };
            try (Device device = new CpuDevice(2)) {
                assertThatThrownBy(() -> prune(device, source.open(), sink)).isInstanceOf(WorkFailedException.class)
                        .hasMessage("no space is left");
                assertThat(device.allocatedBytes()).as("leaked bytes").isZero();
            }
        }
    }
}
