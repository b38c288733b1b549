package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.model.DecoderModel;

/**
 * 20,000 damaged headers, configurations and indexes: each opens or is refused in one line, in bounded time and memory.
 * A failure names its seed; {@code -Dtests.seed=} sets the first one.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CheckpointFuzzTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final long FIRST_SEED = Long.getLong("tests.seed", 20261125);

    /** Far above what the inputs of at most 0.3 MB need, far below what hurts. */
    private static final long MOST_BYTES_ALLOCATED = 64L << 20;
    private static final long MOST_NANOS = 2_000_000_000L;

    @TempDir
    Path folder;
    private int opened;
    private int refused;

    /** Work on a damaged input. */
    private interface Opening {
        void open() throws IOException;
    }

    private void attempt(long seed, byte[] input, Opening opening) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long time = threads.getCurrentThreadCpuTime();
        try {
            opening.open();
            opened++;
        } catch (BadInputException e) {
            refused++;
            assertThat(e.getMessage().lines()).as("seed " + seed).hasSize(1);
            assertThat(e.getMessage().length()).as("seed " + seed + ": " + e.getMessage()).isLessThan(1000);
        } catch (IOException | RuntimeException | Error e) {
            throw new AssertionError("seed " + seed + ": " + e + " for "
                    + HexFormat.of().formatHex(input, 0, Math.min(2000, input.length)), e);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - allocated).as("bytes allocated, seed " + seed)
                .isLessThan(MOST_BYTES_ALLOCATED);
        assertThat(threads.getCurrentThreadCpuTime() - time).as("nanoseconds, seed " + seed).isLessThan(MOST_NANOS);
    }

    private void assertBothHappened() {
        assertThat(opened).as("opened").isGreaterThan(50);
        assertThat(refused).as("refused").isGreaterThan(1000);
    }

    @Test
    void headers() throws IOException {
        Path source = GOLDEN.resolve("opt-preln");
        Files.copy(source.resolve("config.json"), folder.resolve("config.json"));
        byte[] file = Files.readAllBytes(source.resolve("model.safetensors"));
        int headerBytes = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        byte[] header = Arrays.copyOfRange(file, 8, 8 + headerBytes);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 8000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = new JsonMutator(random).mutate(header);
            long announced = random.nextInt(20) == 0 ? random.nextLong() >> random.nextInt(64) : damaged.length;
            long length = 8 + damaged.length + file.length - 8 - headerBytes - (random.nextInt(20) == 0 ? 1 : 0);
            writeSparse(folder.resolve("model.safetensors"), announced, damaged, length);
            attempt(seed, damaged, () -> {
                try (Checkpoint checkpoint = Checkpoint.open(folder)) {
                    DecoderModel.open(checkpoint.configWhere(), checkpoint.config(), checkpoint);
                }
            });
        }
        assertBothHappened();
    }

    /** Only length and header are written; the data, which nothing reads, is a hole in the file. */
    private static void writeSparse(Path path, long announced, byte[] header, long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(0);
            file.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(announced).array());
            file.write(header);
            file.setLength(length);
        }
    }

    @Test
    void configurations() throws IOException {
        List<String> models = List.of("llama-mha", "llama-gqa-llama3rope", "mistral-sliding", "qwen2", "opt-preln",
                "bloom", "neox-parallel", "neox-sequential");
        Path config = folder.resolve("config.json");
        for (int i = 0; i < models.size(); i++) {
            byte[] original = Files.readAllBytes(GOLDEN.resolve(models.get(i)).resolve("config.json"));
            try (Checkpoint weights = Checkpoint.open(GOLDEN.resolve(models.get(i)))) {
                for (long seed = FIRST_SEED + 1000 * i; seed < FIRST_SEED + 1000 * i + 1000; seed++) {
                    byte[] damaged = new JsonMutator(new Random(seed)).mutate(original);
                    Files.write(config, damaged);
                    attempt(seed, damaged, () -> DecoderModel.open(config.toString(),
                            GuardedJson.readObject(config, 16, 4_000_000), weights));
                }
            }
        }
        assertBothHappened();
    }

    @Test
    void indexes() throws IOException {
        TinyCheckpoint.write(folder);
        Path index = folder.resolve(ShardIndex.FILE_NAME);
        byte[] original = Files.readAllBytes(index);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 4000; seed++) {
            byte[] damaged = new JsonMutator(new Random(seed)).mutate(original);
            Files.write(index, damaged);
            attempt(seed, damaged, () -> Checkpoint.open(folder).close());
        }
        assertBothHappened();
    }
}
