package org.wandagpu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.tensor.DType;

/** Peak memory of a prune: activations, two blocks and an allowance, whatever the depth. Linux tells the peak. */
@EnabledOnOs(OS.LINUX)
class DepthMemoryTest {

    private static final long ALLOWANCE_BYTES = 300L << 20;
    /** What two runs of the same model differ by; the weights of 36 blocks are 170 MB. */
    private static final long NOISE_BYTES = 64L << 20;
    private static final int HIDDEN = 384;
    private static final int INTERMEDIATE = 1536;
    private static final int SAMPLES = 64;
    private static final int SEQLEN = 128;

    @TempDir
    private Path folder;

    private long peakBytes(int blocks) throws InterruptedException {
        Path model = MadeCheckpoint.of("llama").dtype(DType.F16).with("num_hidden_layers", blocks)
                .with("hidden_size", HIDDEN).with("intermediate_size", INTERMEDIATE).with("num_attention_heads", 8)
                .with("num_key_value_heads", 8).with("head_dim", HIDDEN / 8).with("max_position_embeddings", SEQLEN)
                .write(folder.resolve("model" + blocks));
        Path result = folder.resolve("result.json");
        ChildRun child = ChildRun.start(folder.resolve("log"), List.of(), new ArrayList<>(List.of("prune",
                "--model", model, "--calibration-ids", Workbench.ids(folder, SAMPLES, SEQLEN, 16), "--output",
                folder.resolve("pruned" + blocks), "--json", result)));
        assertThat(child.exitCode()).as(child.output()).isZero();
        return Workbench.json(result).get("peakMemoryBytes").get("host").asLong();
    }

    @Test
    void memoryDoesNotGrowWithDepth() throws InterruptedException {
        long activations = 4L * SAMPLES * SEQLEN * HIDDEN;
        long block = 2L * (4L * HIDDEN * HIDDEN + 3L * HIDDEN * INTERMEDIATE);
        long bound = activations + 2 * block + ALLOWANCE_BYTES;
        long shallow = peakBytes(4);
        long deep = peakBytes(40);
        assertThat(shallow).as("4 blocks").isLessThanOrEqualTo(bound);
        assertThat(deep).as("40 blocks of %d bytes; 4 blocks took %d", block, shallow)
                .isLessThanOrEqualTo(Math.min(bound, shallow + NOISE_BYTES));
    }
}
