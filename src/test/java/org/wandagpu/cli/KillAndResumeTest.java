package org.wandagpu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.tensor.DType;

/** The whole program killed at random moments: the same bytes in the end, no finished block done twice. */
class KillAndResumeTest {

    private static final int BLOCKS = 24;
    private static final long SEED = 20_261;
    private static final int RUNS = 3;
    private static final Pattern FINISHED = Pattern.compile("layer (\\d+) sparsity [^\\n]*");

    @TempDir
    private Path folder;
    private Path model;
    private Path ids;

    @BeforeEach
    void makeModel() {
        model = MadeCheckpoint.of("llama").dtype(DType.F16).with("num_hidden_layers", BLOCKS).with("hidden_size", 96)
                .with("head_dim", 24).with("intermediate_size", 256).shards(3).write(folder.resolve("model"));
        ids = Workbench.ids(folder, 48, 48, 16);
    }

    private List<Object> arguments(Path output, boolean resume) {
        List<Object> arguments = new ArrayList<>(List.of("prune", "--model", model, "--calibration-ids", ids, "--output",
                output));
        if (resume) {
            arguments.add("--resume");
        }
        return arguments;
    }

    @Test
    void killedAtAnyMomentItEndsWithTheBytesOfAnUndisturbedRun() throws InterruptedException, IOException {
        Path undisturbed = folder.resolve("undisturbed");
        long begin = System.nanoTime();
        assertThat(ChildRun.start(folder.resolve("log"), List.of(), arguments(undisturbed, false)).exitCode()).isZero();
        long millis = (System.nanoTime() - begin) / 1_000_000;
        Map<String, String> expected = Workbench.hashes(undisturbed);

        Random random = new Random(SEED);
        for (int run = 0; run < RUNS; run++) {
            Path output = folder.resolve("killed" + run);
            int kills = killUntilItEnds(output, expected, random, millis, "seed " + SEED + ", run " + run);
            assertThat(Workbench.hashes(output)).as("seed %d, run %d, %d kills", SEED, run, kills).isEqualTo(expected);
            assertThat(folder.resolve("killed" + run + ".partial")).doesNotExist();
        }
    }

    private int killUntilItEnds(Path output, Map<String, String> expected, Random random, long undisturbedMillis,
            String where) throws InterruptedException, IOException {
        Set<String> finished = new HashSet<>();
        for (int kills = 0; ; kills++) {
            Path log = Files.createTempFile(folder, "run", ".log");
            ChildRun child = ChildRun.start(log, List.of(), arguments(output, kills > 0));
            // The first half of a run is start and calibration; the moments of interest come later.
            long moment = undisturbedMillis / 3 + random.nextLong(undisturbedMillis);
            boolean ended = kills > 40 ? child.exitCode() == 0 : child.endsWithin(moment);
            if (!ended) {
                child.kill();
            }
            var blocks = FINISHED.matcher(child.output().lines().filter(line -> line.startsWith("prune "))
                    .reduce("", (a, b) -> a + b + "\n"));
            while (blocks.find()) {
                assertThat(finished.add(blocks.group(1))).as("block %s done twice; %s", blocks.group(1), where).isTrue();
            }
            if (ended) {
                assertThat(child.exitCode()).as("%s: %s", where, child.output()).isZero();
                return kills;
            }
            if (Files.exists(output)) { // killed between publishing and the end
                assertThat(Workbench.hashes(output)).as("no half output; " + where).isEqualTo(expected);
            }
        }
    }

    @Test
    void otherSettingsAreRefusedOnResume() throws InterruptedException {
        Path output = folder.resolve("pruned");
        ChildRun child = ChildRun.start(folder.resolve("log"), List.of(), arguments(output, false));
        while (!child.output().contains("layer 1 sparsity") && !child.endsWithin(20)) {
            Thread.onSpinWait();
        }
        child.kill();
        List<Object> other = arguments(output, true);
        other.addAll(List.of("--sparsity", 0.6));
        Cli.Outcome outcome = Cli.run(other.toArray());
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("0.6").contains("0.5").contains("--resume");
        assertThat(Cli.run(arguments(output, false).toArray()).code()).as("without --resume").isEqualTo(3);
        assertThat(Cli.run(arguments(output, true).toArray()).code()).isZero();
    }
}
