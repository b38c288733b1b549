package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wandagpu.checkpoint.Checkpoint;
import org.wandagpu.checkpoint.StagedCheckpoint;
import org.wandagpu.checkpoint.TinyCheckpoint;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.disk.FaultyDisk;
import org.wandagpu.disk.FaultyDisk.Fault;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.UsageException;
import org.wandagpu.failure.WorkFailedException;

/** Runs that are killed, starved of disk or tampered with: each ends, resumed, with the bytes of an undisturbed one. */
class CheckpointSinkTest {

    private static Device device;

    @TempDir
    static Path shared;
    private static Path source;
    private static SortedMap<String, String> undisturbed;

    @TempDir
    Path root;
    private Path output;
    private SinkRun run;

    @BeforeAll
    static void undisturbedRun() {
        device = new CpuDevice(1);
        source = TinyCheckpoint.write(shared.resolve("source"));
        new SinkRun(device, source).to(shared.resolve("undisturbed"), false);
        undisturbed = TinyCheckpoint.content(shared.resolve("undisturbed"));
    }

    @AfterAll
    static void close() {
        device.close();
    }

    @BeforeEach
    void fresh() {
        output = root.resolve("out");
        run = new SinkRun(device, source);
    }

    private void assertUndisturbed(String what) {
        assertThat(TinyCheckpoint.content(output)).as(what).isEqualTo(undisturbed);
        assertThat(root.toFile().list()).as(what).containsExactly("out");
    }

    /** Runs until the disk fails; returns what came of it, null if the run ended before. */
    private Throwable runOn(FaultyDisk disk, SinkRun begun) {
        return catchThrowable(() -> begun.to(disk.path(output), false));
    }

    /** Goes on with the run, on a disk that forgets nothing and so need not be waited for. */
    private void resume() {
        run.to(new FaultyDisk(Fault.KILL, Long.MAX_VALUE).path(output), true);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"KILL", "KILL_IN_A_WRITE"})
    void killedBeforeEveryOperationARunResumesToTheSameBytesAndRedoesNoFinishedBlock(Fault fault) throws IOException {
        long operation = 0;
        for (boolean ended = false; !ended; operation++) {
            String what = fault + " at operation " + operation;
            SinkRun killed = new SinkRun(device, source);
            Throwable end = runOn(new FaultyDisk(fault, operation), killed);
            ended = end == null;
            assertThat(ended || end instanceof FaultyDisk.Killed).as(what + ": " + end).isTrue();

            resume();
            assertUndisturbed(what);
            assertThat(run.started()).as(what).allMatch(block -> !killed.finished().contains(block));
            delete(output);
        }
        assertThat(operation).as("operations of a run").isGreaterThan(60);
    }

    @Test
    void killedWhileItResumesARunStillEndsWithTheSameBytes() throws IOException {
        long first = 40;
        for (long second = 0; second < 60; second++) {
            runOn(new FaultyDisk(Fault.KILL_IN_A_WRITE, first), new SinkRun(device, source));
            FaultyDisk disk = new FaultyDisk(Fault.KILL_IN_A_WRITE, second);
            catchThrowable(() -> new SinkRun(device, source).to(disk.path(output), true));
            resume();
            assertUndisturbed("killed at operation " + first + ", then at " + second);
            delete(output);
        }
    }

    @Test
    void onAFullDiskARunEndsInOneLineAndResumesOnceThereIsRoom() throws IOException {
        long operation = 0;
        for (boolean ended = false; !ended; operation++) {
            String what = "full at operation " + operation;
            Throwable end = runOn(new FaultyDisk(Fault.FULL, operation), new SinkRun(device, source));
            ended = end == null;
            if (!ended) {
                assertThat(end).as(what).isInstanceOfAny(WorkFailedException.class, BadInputException.class);
                assertThat(end.getMessage()).as(what).containsIgnoringCase("no space");
                assertThat(end.getMessage().lines()).hasSize(1);
                assertThat(output).as(what).doesNotExist();
            }
            resume();
            assertUndisturbed(what);
            delete(output);
        }
        assertThat(operation).as("operations of a run").isGreaterThan(40);
    }

    /** A staging folder with two of three blocks finished. */
    private Path interrupted() throws IOException {
        for (long operation = 0; ; operation++) {
            SinkRun killed = new SinkRun(device, source);
            runOn(new FaultyDisk(Fault.KILL, operation), killed);
            if (killed.finished().equals(List.of(0, 1))) {
                return root.resolve("out.partial");
            }
            delete(root.resolve("out.partial"));
        }
    }

    /** Resumes with changed files; every file of the folder is put back afterwards for the next change. */
    private void assertResumesAfter(Path staging, String file, byte[] changed, String what) throws IOException {
        SortedMap<String, byte[]> saved = new TreeMap<>();
        try (var files = Files.walk(staging)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                saved.put(staging.relativize(path).toString(), Files.readAllBytes(path));
            }
        }
        Files.write(staging.resolve(file), changed);
        resume();
        assertUndisturbed(what);
        delete(output);
        for (var entry : saved.entrySet()) {
            Path path = staging.resolve(entry.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, entry.getValue());
        }
    }

    @Test
    void aJournalCutAtAnyByteIsFollowedAsFarAsItIsWhole() throws IOException {
        Path staging = interrupted();
        byte[] journal = Files.readAllBytes(staging.resolve("journal"));
        int lastLine = new String(journal, 0, journal.length - 1).lastIndexOf('\n') + 1;
        for (int length = 0; length <= journal.length; length++) {
            assertResumesAfter(staging, "journal", Arrays.copyOf(journal, length), "cut at byte " + length);
            if (length == journal.length) {
                assertThat(run.started()).containsExactly(2);
            } else if (length >= lastLine) {
                assertThat(run.started()).as("cut at byte " + length).containsExactly(1, 2);
            }
        }
    }

    @Test
    void aFlippedBitInTheJournalIsNoticed() throws IOException {
        Path staging = interrupted();
        byte[] journal = Files.readAllBytes(staging.resolve("journal"));
        for (int i = 0; i < journal.length; i++) {
            byte[] flipped = journal.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            assertResumesAfter(staging, "journal", flipped, "bit " + i % 8 + " of byte " + i);
            assertThat(run.started()).as("byte " + i).contains(1, 2);
        }
    }

    @Test
    void editedWeightsAreDoneAgain() throws IOException {
        Path staging = interrupted();
        for (String shard : List.of(TinyCheckpoint.S1, TinyCheckpoint.S2)) {
            byte[] content = Files.exists(staging.resolve("checkpoint/" + shard))
                    ? Files.readAllBytes(staging.resolve("checkpoint/" + shard)) : new byte[0];
            for (int i = 0; i < content.length; i++) {
                byte[] edited = content.clone();
                edited[i]++;
                assertResumesAfter(staging, "checkpoint/" + shard, edited, "byte " + i + " of " + shard);
            }
            assertResumesAfter(staging, "checkpoint/" + shard, new byte[0], shard + " emptied");
        }
    }

    @Test
    void lostHiddenStatesCostTheBlocksThatNeedThem() throws IOException {
        Path staging = interrupted();
        byte[] last = Files.readAllBytes(staging.resolve("hidden-1"));
        assertResumesAfter(staging, "hidden-1", last, "nothing changed");
        assertThat(run.started()).containsExactly(2);
        last[7] ^= 4;
        assertResumesAfter(staging, "hidden-1", last, "a bit flipped");
        assertThat(run.started()).containsExactly(1, 2);
        Files.delete(staging.resolve("hidden-0"));
        assertResumesAfter(staging, "hidden-1", Arrays.copyOf(last, 20), "cut, and the other gone");
        assertThat(run.started()).containsExactly(0, 1, 2);
    }

    @Test
    void otherSettingsAreRefusedWithTheFirstDifference() throws IOException {
        Path staging = interrupted();
        String advice = " when " + staging + " was begun; run with the earlier value, or delete that folder to begin"
                + " anew";
        Map<String, String> other = new TreeMap<>(SinkRun.SETTINGS);
        other.put("nsamples", "64");
        other.put("pattern", "2:4");
        assertRefused(other, "--resume: nsamples is 64 and was 128" + advice);
        other.put("nsamples", "128");
        assertRefused(other, "--resume: pattern is 2:4 and was not given" + advice);
        other.remove("pattern");
        other.remove("method");
        assertRefused(other, "--resume: method is not given and was wanda" + advice);
        resume();
        assertThat(run.started()).containsExactly(2);
        assertUndisturbed("refusals cost nothing");
    }

    private void assertRefused(Map<String, String> settings, String message) {
        assertThatThrownBy(() -> run.to(output, true, settings)).isInstanceOf(UsageException.class).hasMessage(message);
    }

    @Test
    void aPublishedOutputIsRecognisedByItsSettings() throws IOException {
        assertThat(CheckpointSink.isPublished(output, SinkRun.SETTINGS)).isFalse();
        run.to(output, false);
        assertThat(CheckpointSink.isPublished(output, SinkRun.SETTINGS)).isTrue();
        assertThat(CheckpointSink.isPublished(output, Map.of("method", "wanda"))).isFalse();
        assertThat(new ObjectMapper().readTree(output.resolve("wanda-gpu.json").toFile()).path("settings").path("model")
                .asText()).isEqualTo("0123abcd");
        assertThatThrownBy(() -> run.to(output, true, Map.of())).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(output + ": exists already");
        Files.writeString(output.resolve("wanda-gpu.json"), "not JSON");
        assertThat(CheckpointSink.isPublished(output, SinkRun.SETTINGS)).isFalse();
    }

    @Test
    void aDiskTooSmallForTheHiddenStatesIsRefusedBeforeAnythingIsWritten() {
        try (Checkpoint checkpoint = Checkpoint.open(source);
                StagedCheckpoint staged = StagedCheckpoint.create(checkpoint, output, Set.of(), 0, false)) {
            assertThatThrownBy(() -> CheckpointSink.open(staged, null, SinkRun.SETTINGS, 1L << 60))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageMatching(output + ": the run writes 2,305,843,009,213,69[\\d,]+ bytes and the disk has"
                            + " [\\d,]+ free; free some or choose another --output");
        }
        assertThat(root).isEmptyDirectory();
    }
}
