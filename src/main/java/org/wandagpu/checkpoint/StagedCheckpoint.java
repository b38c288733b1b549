package org.wandagpu.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;

/**
 * The pruned copy of a checkpoint while it grows, in {@code OUTPUT.partial} beside OUTPUT. The run writes the pruned
 * tensors; everything else comes from the source when the copy is published, which ends in one rename: OUTPUT is there
 * whole or not at all.
 *
 * <pre>
 *   OUTPUT.partial/wanda-gpu.lock   held while a run writes
 *   OUTPUT.partial/…                what the run keeps for resuming: {@link #workFile}
 *   OUTPUT.partial/checkpoint/      becomes OUTPUT; has no config.json until the moment before
 * </pre>
 *
 * <p>Used by one thread. A run that ends before its first {@link #write} leaves nothing behind.
 */
public final class StagedCheckpoint implements AutoCloseable {

    /** The file beside the weights that says how they were pruned. */
    public static final String PROVENANCE = "wanda-gpu.json";

    private static final String CONTENT = "checkpoint";

    private final Checkpoint source;
    private final OutputPlace place;
    private final ShardPlan plan;
    private final SideFiles sideFiles;
    private final Deque<Path> made;
    private final StagingLock lock;
    private final StagedShards shards;
    private final SortedSet<String> missing;
    private boolean untouched;
    private boolean closed;

    private StagedCheckpoint(Checkpoint source, OutputPlace place, ShardPlan plan, SideFiles sideFiles,
            Deque<Path> made, StagingLock lock) {
        this.source = source;
        this.place = place;
        this.plan = plan;
        this.sideFiles = sideFiles;
        this.made = made;
        this.lock = lock;
        this.shards = new StagedShards(content());
        this.missing = new TreeSet<>(plan.pruned().keySet());
        this.untouched = !made.isEmpty();
    }

    /**
     * Begins a copy, or goes on with one.
     *
     * @param source stays open until this is closed; never written to
     * @param output must not exist; its missing parents are made
     * @param prunedNames tensors that the run will write
     * @param maxShardBytes most bytes of tensors in a weight file; 0 for the source's own files
     * @param resume whether the staging folder of an earlier run is gone on with; without one it begins anew
     * @throws org.wandagpu.failure.UsageException if output and source are one inside the other
     * @throws BadInputException if the output exists, a staging folder exists without {@code resume}, the place cannot
     *         be written to, the disk is too small, or another run is writing there
     */
    public static StagedCheckpoint create(Checkpoint source, Path output, Set<String> prunedNames, long maxShardBytes,
            boolean resume) {
        OutputPlace place = OutputPlace.of(output, source.source());
        ShardPlan plan = maxShardBytes == 0
                ? ShardPlan.ofSource(source, prunedNames)
                : ShardPlan.split(source, prunedNames, maxShardBytes);
        SideFiles sideFiles = new SideFiles(source.source());
        if (!Files.exists(place.staging())) {
            place.requireSpace(plan.byteSize());
        }
        Deque<Path> made = place.createStaging(resume);
        try {
            StagingLock lock = StagingLock.acquire(place);
            return new StagedCheckpoint(source, place, plan, sideFiles, made, lock).prepared();
        } catch (IOException e) {
            made.forEach(OutputPlace::deleteIfPossible);
            throw OutputPlace.cannotWrite(place.staging(), e);
        }
    }

    private StagedCheckpoint prepared() throws IOException {
        try {
            Files.createDirectories(content());
            // An earlier run may have been killed when all was complete; from here on it no longer is.
            Files.deleteIfExists(content().resolve(Checkpoint.CONFIG));
            Durable.force(place.staging());
            return this;
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Refuses, before work starts, a disk that is too small for what a new run keeps for resuming besides the copy.
     *
     * @param workBytes size of the {@linkplain #workFile work files}
     * @throws BadInputException with the numbers
     */
    public void requireSpace(long workBytes) {
        if (untouched) {
            place.requireSpace(plan.byteSize() + workBytes);
        }
    }

    /** The staging folder, for messages. */
    public Path folder() {
        return place.staging();
    }

    /** A file of the run's own in the staging folder; gone when the copy is published. */
    public Path workFile(String name) {
        return place.staging().resolve(name);
    }

    private Path content() {
        return place.staging().resolve(CONTENT);
    }

    private ShardPlan.Place placeOf(String name) {
        ShardPlan.Place found = plan.pruned().get(name);
        if (found == null) {
            throw new IllegalArgumentException("not one of the tensors to prune: " + name);
        }
        return found;
    }

    /**
     * Writes a pruned tensor.
     *
     * @param bytes all its elements
     * @throws WorkFailedException if the disk is full or fails; the run can be resumed
     */
    public void write(String name, MemorySegment bytes) {
        write(name, 0, bytes);
        written(name);
    }

    /**
     * Writes a part of a pruned tensor; {@link #written} says that it was the last.
     *
     * @param offset its first byte in the tensor
     */
    public void write(String name, long offset, MemorySegment bytes) {
        ShardPlan.Place tensor = placeOf(name);
        if (offset < 0 || bytes.byteSize() > tensor.bytes() - offset) {
            throw new IllegalArgumentException("outside of the tensor: name=" + name + ", offset=" + offset + ", bytes="
                    + bytes.byteSize() + ", tensor bytes=" + tensor.bytes());
        }
        untouched = false;
        shards.write(tensor, offset, bytes);
    }

    /** Says that all bytes of a pruned tensor have been written, by this run or an earlier one. */
    public void written(String name) {
        placeOf(name);
        missing.remove(name);
    }

    /**
     * Whether the bytes that an earlier run wrote of a tensor are still there; {@link #written} takes them over.
     *
     * @param checksum CRC-32C of all of them
     */
    public boolean holds(String name, long checksum) {
        return plan.pruned().containsKey(name) && shards.checksum(placeOf(name)) == checksum;
    }

    /** Makes all tensors written so far outlive a power cut. */
    public void force() {
        shards.force();
        Durable.force(content());
    }

    /**
     * Completes the copy and gives it its name. Headers, tensors that were not pruned, configuration, tokenizer and
     * licence come from the source; a model card is added, and never code. Closes this.
     *
     * @param provenance content of {@link #PROVENANCE}; its texts {@code model}, {@code method} and {@code pattern} go
     *        into the model card too
     * @throws IllegalStateException if a pruned tensor was not written
     * @throws WorkFailedException if the disk is full or fails, or the source was changed meanwhile
     */
    public void publish(Map<String, ?> provenance) {
        if (!missing.isEmpty()) {
            throw new IllegalStateException("pruned tensors were not written, the first of them " + missing.first());
        }
        new Publication(source, plan, sideFiles, content()).complete(shards, provenance);
        rename();
        OutputPlace.removeStaging(place.staging());
        close();
    }

    private void rename() {
        if (Files.exists(place.output(), LinkOption.NOFOLLOW_LINKS)) {
            throw new WorkFailedException(place.output() + ": somebody made it while this run was working; move it away"
                    + " and run again with --resume");
        }
        try {
            Files.move(content(), place.output(), StandardCopyOption.ATOMIC_MOVE);
            Durable.force(place.output().getParent());
        } catch (IOException e) {
            throw WriteFault.translate(place.output(), e);
        }
    }

    /**
     * Removes the staging folder of an output that is complete: what a run leaves that is killed between giving the
     * output its name and cleaning up. One that another run may still need stays.
     */
    public static void removeLeftovers(Path output) {
        Path staging = OutputPlace.stagingOf(output.toAbsolutePath().normalize());
        if (OutputPlace.isStaging(staging) && !Files.exists(staging.resolve(CONTENT))) {
            OutputPlace.removeStaging(staging);
        }
    }

    /**
     * Gives the staging folder free. It stays for {@code --resume}, unless this run made it and wrote nothing. A second
     * call does nothing.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (lock) {
            shards.close();
            if (untouched) {
                OutputPlace.removeStaging(place.staging());
                made.forEach(OutputPlace::deleteIfPossible);
            }
        } catch (IOException e) {
            throw WriteFault.translate(place.staging(), e);
        }
    }
}
