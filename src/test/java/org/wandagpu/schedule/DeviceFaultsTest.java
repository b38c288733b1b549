package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.checkpoint.Checkpoint;
import org.wandagpu.checkpoint.StagedCheckpoint;
import org.wandagpu.checkpoint.TinyCheckpoint;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cuda.CudaDevice;
import org.wandagpu.compute.cuda.KernelRuntime;
import org.wandagpu.cuda.Driver;
import org.wandagpu.cuda.FailingDriver;
import org.wandagpu.disk.FaultyDisk;
import org.wandagpu.eval.Perplexity;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.prune.ComparisonGroup;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.SparsityTarget;
import org.wandagpu.prune.Wanda;
import org.wandagpu.simulator.SimulatorDriver;

/**
 * Every driver call of a prune and of an evaluation fails once: that failure is what is thrown, nothing stays open, no
 * output is shown as whole, and a resumed run ends with the bytes of an undisturbed one.
 */
class DeviceFaultsTest {

    private static final List<int[]> SAMPLES = List.of(new int[] {1, 2, 3, 4}, new int[] {9, 8, 7, 6});
    private static final long MEMORY = 1 << 26;
    private static final int EVERY = Integer.getInteger("faults.every", 5);
    private static final int LOSSES = 12;
    private static final int FULL_DISKS = 12;
    /** One run of so many is resumed. */
    private static final int RESUMED = 4;

    @TempDir
    private Path root;
    private Path checkpoint;

    @BeforeEach
    void write() {
        checkpoint = MadeCheckpoint.of("llama").with("num_hidden_layers", 2).write(root.resolve("checkpoint"));
    }

    private interface Work {
        void run(Device device, DecoderModel model, Checkpoint source);
    }

    private FailingDriver run(int failing, long memory, Work work) {
        FailingDriver driver = new FailingDriver(new SimulatorDriver("test", 2, memory), failing);
        run(driver, work);
        return driver;
    }

    private void run(FailingDriver driver, Work work) {
        try (Device device = CudaDevice.over(KernelRuntime.open("sim", driver.driver(), 0));
                Checkpoint source = Checkpoint.open(checkpoint)) {
            work.run(device, DecoderModel.open(source.configWhere(), source.config(), source), source);
        }
    }

    private static void prune(Device device, DecoderModel model, Checkpoint source, Path output, boolean resume) {
        LayerChoice half = LayerChoice.all(new SparsityTarget.Unstructured(0.5, ComparisonGroup.ROW));
        try (StagedCheckpoint staged =
                        StagedCheckpoint.create(source, output, Set.copyOf(model.prunableNames()), 0, resume);
                CheckpointSink sink = CheckpointSink.open(staged, device.transfers(), Map.of("method", "wanda"), 0)) {
            new Pruner(device, model, new Wanda(), half, sink, Progress.NONE, new PhaseClock()).run(SAMPLES);
            sink.publish(Map.of("method", "wanda"));
        }
    }

    /**
     * Runs {@code work} once for each call that a sound run makes, which fails; of calls of one kind every n-th, n = 5 or
     * the system property {@code faults.every}.
     *
     * @param afterEach told how many runs there were
     */
    private void everyCallFails(FailingDriver sound, Work work, IntConsumer afterEach) {
        assertThat(sound.givenOut()).as("open after a sound run").isZero();
        Map<String, Long> calls = sound.calls().stream()
                .filter(name -> !name.equals("useContext")) // as many as the threads happen to take turns
                .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
        assertThat(calls).containsKeys("allocate", "loadModule", "launch", "copyIn", "copyOut", "synchronize", "free",
                "createStream", "allocatePinned", "closeContext");
        int runs = 0;
        for (Map.Entry<String, Long> call : calls.entrySet()) {
            for (int i = 0; i < call.getValue(); i += EVERY) {
                FailingDriver driver = new FailingDriver(new SimulatorDriver("test", 2, MEMORY), call.getKey(), i);
                Throwable thrown = catchThrowable(() -> run(driver, work));
                if (driver.failed().isEmpty()) { // how often pinned memory grows depends on the threads too
                    assertThat(i).as(call.getKey()).isPositive();
                    assertThat(thrown).isNull();
                } else {
                    assertThat(thrown).as("%s %d", call.getKey(), i).isInstanceOf(DeviceException.class)
                            .hasMessage("planted failure of " + call.getKey());
                }
                assertThat(driver.givenOut()).as("open after %s %d", call.getKey(), i).isZero();
                afterEach.accept(runs++);
            }
        }
    }

    @Test
    void everyCallOfAPruneMayFail() {
        FailingDriver sound = run(-1, MEMORY,
                (device, model, source) -> prune(device, model, source, root.resolve("sound"), false));
        SortedMap<String, String> undisturbed = TinyCheckpoint.content(root.resolve("sound"));
        Path outputs = root.resolve("outputs");
        int[] run = new int[1];
        Work prune = (device, model, source) -> prune(device, model, source, outputs.resolve("" + run[0]), false);
        everyCallFails(sound, prune, runs -> {
            Path output = outputs.resolve("" + runs);
            run[0] = runs + 1;
            boolean published = Files.exists(output); // the device may fail to be closed after all work
            if (!published && runs % RESUMED == 0) {
                run(-1, MEMORY, (device, model, source) -> prune(device, model, source, output, true));
                published = true;
            }
            if (published) {
                assertThat(TinyCheckpoint.content(output)).isEqualTo(undisturbed);
            }
        });
    }

    @Test
    void everyCallOfAnEvaluationMayFail() {
        Work evaluation = (device, model, source) -> Perplexity.measure(device, model, SAMPLES, Progress.NONE);
        everyCallFails(run(-1, MEMORY, evaluation), evaluation, runs -> { });
    }

    /** From a call on the device answers nothing any more; of all calls every so many-th. */
    @Test
    @Timeout(120)
    void aDeviceThatIsLostEndsTheWorkWithItsFirstFailure() {
        int calls = run(-1, MEMORY,
                (device, model, source) -> prune(device, model, source, root.resolve("sound"), false)).calls().size();
        SortedMap<String, String> undisturbed = TinyCheckpoint.content(root.resolve("sound"));
        for (int part = 0; part < LOSSES; part++) {
            Path output = root.resolve("lost" + part);
            FailingDriver driver = FailingDriver.lostAt(new SimulatorDriver("test", 2, MEMORY), calls * part / LOSSES);
            Throwable thrown = catchThrowable(() -> run(driver,
                    (device, model, source) -> prune(device, model, source, output, false)));
            assertThat(thrown).as("lost at part %d", part).isInstanceOf(DeviceException.class)
                    .hasMessageStartingWith("planted failure of ");
            assertThat(output).doesNotExist();
            run(-1, MEMORY, (device, model, source) -> prune(device, model, source, output, true));
            assertThat(TinyCheckpoint.content(output)).isEqualTo(undisturbed);
        }
    }

    /** Of the operations on the disk each one finds it full. */
    @Test
    void aFullDiskEndsAPruneOnTheDeviceAndItGoesOnLater() {
        FaultyDisk counting = new FaultyDisk(FaultyDisk.Fault.KILL, Long.MAX_VALUE);
        run(-1, MEMORY, (device, model, source) ->
                prune(device, model, source, counting.path(root.resolve("sound")), false));
        SortedMap<String, String> undisturbed = TinyCheckpoint.content(root.resolve("sound"));
        int full = 0;
        for (int part = 1; part < FULL_DISKS; part++) { // that the output cannot even be begun is another message
            Path output = root.resolve("full" + part);
            FaultyDisk disk = new FaultyDisk(FaultyDisk.Fault.FULL, counting.operations() * part / FULL_DISKS);
            FailingDriver driver = new FailingDriver(new SimulatorDriver("test", 2, MEMORY), -1);
            Throwable thrown = catchThrowable(() -> run(driver,
                    (device, model, source) -> prune(device, model, source, disk.path(output), false)));
            assertThat(driver.givenOut()).as("open after a full disk").isZero();
            if (thrown != null) { // the last operations take no space
                full++;
                assertThat(thrown).isInstanceOf(WorkFailedException.class).hasMessageContaining("no space is left");
                assertThat(output).doesNotExist();
                run(-1, MEMORY, (device, model, source) -> prune(device, model, source, output, true));
            }
            assertThat(TinyCheckpoint.content(output)).isEqualTo(undisturbed);
        }
        assertThat(full).isGreaterThan(FULL_DISKS / 2);
    }

    /** Java has no memory for a copy on its way: an error of Java's own, with which nothing stays open either. */
    @Test
    void aHostThatIsShortOfMemoryEndsTheWorkAndLeavesNothingOpen() {
        SortedMap<String, String> undisturbed = null;
        for (int failing = -1; failing < 2; failing++) {
            Path output = root.resolve("short" + failing);
            FailingDriver driver = new FailingDriver(shortOfPinnedMemory(failing), -1);
            Throwable thrown = catchThrowable(() -> run(driver,
                    (device, model, source) -> prune(device, model, source, output, false)));
            assertThat(driver.givenOut()).as("open after %d", failing).isZero();
            if (failing < 0) {
                undisturbed = TinyCheckpoint.content(output);
                continue;
            }
            assertThat(thrown).isInstanceOf(OutOfMemoryError.class).hasMessage("planted");
            run(-1, MEMORY, (device, model, source) -> prune(device, model, source, output, true));
            assertThat(TinyCheckpoint.content(output)).isEqualTo(undisturbed);
        }
    }

    /** @param failing of the requests for pinned memory the one that finds none */
    private static Driver shortOfPinnedMemory(int failing) {
        Driver driver = new SimulatorDriver("test", 2, MEMORY);
        AtomicInteger requests = new AtomicInteger();
        return (Driver) Proxy.newProxyInstance(Driver.class.getClassLoader(), new Class<?>[] {Driver.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("allocatePinned") && requests.getAndIncrement() == failing) {
                        throw new OutOfMemoryError("planted");
                    }
                    try {
                        return method.invoke(driver, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
