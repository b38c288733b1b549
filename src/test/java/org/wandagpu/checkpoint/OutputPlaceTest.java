package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.UsageException;
import org.wandagpu.failure.WandaException;

/** Where an output may stand: every refusal leaves the disk as it was. */
class OutputPlaceTest {

    @TempDir
    Path root;
    private Checkpoint source;

    @BeforeEach
    void open() {
        source = Checkpoint.open(TinyCheckpoint.write(root.resolve("source")));
    }

    @AfterEach
    void close() {
        source.close();
    }

    private StagedCheckpoint create(Path output, boolean resume) {
        return StagedCheckpoint.create(source, output, Set.of("block.0.w"), 0, resume);
    }

    private void assertRefused(Path output, boolean resume, Class<? extends WandaException> kind, String message) {
        var before = TinyCheckpoint.content(root);
        assertThatThrownBy(() -> create(output, resume).close()).isInstanceOf(kind).hasMessageStartingWith(message);
        assertThat(TinyCheckpoint.content(root)).isEqualTo(before);
    }

    @Test
    void theSourceItsInsideAndItsSurroundingsAreRefused() throws IOException {
        String message = " and the source folder " + source.folder() + " are one inside the other, and nothing is ever"
                + " written into a source folder; choose another --output";
        Path inside = source.folder().resolve("x/out");
        assertRefused(inside, false, UsageException.class, "--output " + inside + ": it" + message);
        Path link = Files.createSymbolicLink(root.resolve("link"), source.folder());
        Path linked = link.resolve("out");
        assertRefused(linked, false, UsageException.class, "--output " + linked + ": it" + message);
        Path up = root.resolve("a/../source/out");
        assertRefused(up, false, UsageException.class, "--output " + source.folder().resolve("out") + ": it" + message);
        assertRefused(source.folder(), false, BadInputException.class, source.folder() + ": exists already");

        source.close();
        Files.move(source.folder(), root.resolve("out.partial"));
        source = Checkpoint.open(root.resolve("out.partial"));
        assertRefused(root.resolve("out"), true, UsageException.class, "--output " + root.resolve("out")
                + ": its staging folder " + root.resolve("out.partial") + " and the source folder ");
    }

    @Test
    void anExistingOutputIsRefusedWhateverItIs() throws IOException {
        Path output = root.resolve("out");
        String message = output + ": exists already; choose another --output or delete it";
        Files.createDirectory(output);
        assertRefused(output, true, BadInputException.class, message);
        Files.delete(output);
        Files.writeString(output, "a file");
        assertRefused(output, false, BadInputException.class, message);
        Files.delete(output);
        Files.createSymbolicLink(output, Path.of("nowhere"));
        assertRefused(output, false, BadInputException.class, message);
        assertRefused(Path.of("/"), false, BadInputException.class, "/: exists already");
    }

    @Test
    void aStagingFolderNeedsResumeAndMustBeOne() throws IOException {
        Path output = root.resolve("out");
        try (StagedCheckpoint staged = create(output, false)) {
            staged.write("block.0.w", MemorySegment.ofArray(new byte[12]));
        }
        assertRefused(output, false, BadInputException.class,
                root.resolve("out.partial") + ": exists: continue it with --resume or delete it");
        create(output, true).close();
        String message = root.resolve("other.partial") + ": is not the folder of an earlier run; delete it or choose";
        Files.createSymbolicLink(root.resolve("other.partial"), root.resolve("out.partial"));
        assertRefused(root.resolve("other"), true, BadInputException.class, message);
        Files.delete(root.resolve("other.partial"));
        Files.createDirectory(root.resolve("other.partial"));
        Files.writeString(root.resolve("other.partial/diary.txt"), "mine");
        assertRefused(root.resolve("other"), true, BadInputException.class, message);
        Files.delete(root.resolve("other.partial/diary.txt"));
        create(root.resolve("other"), true).close(); // a run that was killed right after making the folder
    }

    @Test
    void aPlaceThatCannotBeWrittenToIsRefused() throws IOException {
        Files.writeString(root.resolve("file"), "");
        Path below = root.resolve("file/out");
        assertRefused(below, false, BadInputException.class, below + ".partial: cannot be written to (");
        Path longName = root.resolve("made/" + "n".repeat(250));
        assertRefused(longName, false, BadInputException.class, longName + ".partial: cannot be written to (");
        assertThat(root.resolve("made")).doesNotExist();
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc")));
        assertRefused(Path.of("/proc/out"), false, BadInputException.class, "/proc/out: the run writes ");
    }

    @Test
    void twoRunsInOneProcessOrTwoDoNotMeet() throws Exception {
        Path output = root.resolve("out");
        String message = root.resolve("out.partial") + ": another run is writing there; wait for it to end or choose"
                + " another --output";
        Path lock;
        try (StagedCheckpoint staged = create(output, false)) {
            staged.write("block.0.w", MemorySegment.ofArray(new byte[12]));
            assertRefused(output, true, BadInputException.class, message);
            lock = staged.folder().resolve(StagingLock.FILE_NAME);
        }
        Process holder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), LockHolder.class.getName(), lock.toString()).start();
        try {
            assertThat(holder.getInputStream().read()).isEqualTo('L');
            assertRefused(output, true, BadInputException.class, message);
        } finally {
            holder.destroyForcibly().waitFor();
        }
        create(output, true).close();
    }

    /** A process that takes a lock and keeps it until it is killed. */
    static final class LockHolder {
        private LockHolder() {
        }

        public static void main(String[] arguments) throws Exception {
            FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE);
            channel.lock();
            System.out.write('L');
            System.out.flush();
            Thread.sleep(60_000);
        }
    }
}
