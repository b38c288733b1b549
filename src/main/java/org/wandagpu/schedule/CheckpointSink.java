package org.wandagpu.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.wandagpu.checkpoint.GuardedJson;
import org.wandagpu.checkpoint.StagedCheckpoint;
import org.wandagpu.checkpoint.WriteFault;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.Transfers;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.UsageException;

/**
 * Writes pruned blocks into a staged checkpoint and keeps the journal of them. Killed at any moment, a run goes on
 * behind its last finished block and ends with the bytes it would have had.
 *
 * <p>A block is finished once its line stands in the journal. Before that its weights and the hidden states that leave
 * it have been made durable; the line carries their checksums, so that what was torn, swapped or edited since is
 * noticed and done again.
 */
public final class CheckpointSink implements PruneSink, AutoCloseable {

    private static final String JOURNAL = "journal";
    private static final String SETTINGS = "settings";

    private final StagedCheckpoint staged;
    private final Transfers transfers;
    private final ResumeJournal journal;
    private final Map<String, String> settings;
    private final HiddenStateFiles hiddenStates;
    private final Map<String, Long> checksums = new TreeMap<>();

    private CheckpointSink(StagedCheckpoint staged, Transfers transfers, ResumeJournal journal,
            Map<String, String> settings) {
        this.staged = staged;
        this.transfers = transfers;
        this.journal = journal;
        this.settings = settings;
        this.hiddenStates = new HiddenStateFiles(staged);
    }

    /**
     * Begins the journal of a run, or goes on with that of an earlier one.
     *
     * @param staged not closed by this
     * @param transfers of the device that the weights come from
     * @param settings everything that the output depends on, by the name to show: hash of the model, method, target …
     * @param hiddenBytes size of the hidden states between two blocks, 0 for a method without statistics
     * @throws UsageException if the earlier run had other settings, naming the first that differs
     * @throws BadInputException if the disk is too small
     */
    public static CheckpointSink open(StagedCheckpoint staged, Transfers transfers, Map<String, String> settings,
            long hiddenBytes) {
        staged.requireSpace(2 * hiddenBytes);
        Path file = staged.workFile(JOURNAL);
        try {
            CheckpointSink sink = new CheckpointSink(staged, transfers, new ResumeJournal(file),
                    Map.copyOf(settings));
            try {
                sink.begin();
                return sink;
            } catch (IOException | RuntimeException e) {
                sink.close();
                throw e;
            }
        } catch (IOException e) {
            throw WriteFault.translate(file, e);
        }
    }

    /**
     * Whether an output is the complete work of a run with these settings. Then {@code --resume} has nothing to do but
     * to remove what a kill in the last moment left.
     */
    public static boolean isPublished(Path output, Map<String, String> settings) {
        Path provenance = output.resolve(StagedCheckpoint.PROVENANCE);
        if (!Files.isRegularFile(provenance)) {
            return false;
        }
        try {
            JsonNode content = GuardedJson.readObject(provenance, 64, 64 << 20);
            boolean same = content.path(SETTINGS).equals(new ObjectMapper().valueToTree(settings));
            if (same) {
                StagedCheckpoint.removeLeftovers(output);
            }
            return same;
        } catch (BadInputException e) {
            return false;
        }
    }

    private void begin() throws IOException {
        if (journal.settings() == null) {
            journal.begin(settings);
            return;
        }
        requireSame(journal.settings());
        journal.dropFrom(intactBlocks());
        journal.blocks().forEach(block -> block.checksums().keySet().forEach(staged::written));
    }

    private void requireSame(Map<String, String> earlier) {
        SortedSet<String> names = new TreeSet<>(earlier.keySet());
        names.addAll(settings.keySet());
        for (String name : names) {
            if (!Objects.equals(earlier.get(name), settings.get(name))) {
                throw new UsageException("--resume: " + name + " is " + shown(settings.get(name)) + " and was "
                        + shown(earlier.get(name)) + " when " + staged.folder() + " was begun; run with the earlier"
                        + " value, or delete that folder to begin anew");
            }
        }
    }

    private static String shown(String value) {
        return value == null ? "not given" : value;
    }

    /** Blocks from the first on whose weights are as they were written, and behind which the run can go on. */
    private int intactBlocks() {
        List<ResumeJournal.BlockRecord> blocks = journal.blocks();
        int intact = 0;
        while (intact < blocks.size() && weightsAreIntact(blocks.get(intact))) {
            intact++;
        }
        while (intact > 0 && !hiddenStatesAreIntact(blocks.get(intact - 1))) {
            intact--;
        }
        return intact;
    }

    private boolean weightsAreIntact(ResumeJournal.BlockRecord block) {
        return block.checksums().entrySet().stream().allMatch(entry -> staged.holds(entry.getKey(), entry.getValue()));
    }

    private boolean hiddenStatesAreIntact(ResumeJournal.BlockRecord block) {
        return block.hiddenChecksum() == null
                || hiddenStates.checksum(block.report().block()) == block.hiddenChecksum();
    }

    @Override
    public void write(String name, Tensor weight) {
        CRC32C crc = new CRC32C();
        Pieces.forEach(weight.rows(), weight.byteSize() / weight.rows(), (first, rows, offset, buffer) -> {
            transfers.out(weight.rows(first, rows), buffer);
            crc.update(buffer.asByteBuffer());
            staged.write(name, offset, buffer);
        });
        staged.written(name);
        checksums.put(name, crc.getValue());
    }

    @Override
    public void blockDone(BlockReport report, HiddenStates hidden) {
        staged.force();
        Long hiddenChecksum = hidden == null ? null : hiddenStates.save(report.block(), hidden);
        try {
            journal.add(new ResumeJournal.BlockRecord(report, Map.copyOf(checksums), hiddenChecksum));
        } catch (IOException e) {
            throw WriteFault.translate(staged.workFile(JOURNAL), e);
        }
        checksums.clear();
    }

    @Override
    public List<BlockReport> finishedBlocks() {
        return journal.blocks().stream().map(ResumeJournal.BlockRecord::report).toList();
    }

    @Override
    public void restore(HiddenStates hidden) {
        hiddenStates.restore(journal.blocks().getLast().report().block(), hidden);
    }

    /**
     * Completes the output.
     *
     * @param provenance what {@link StagedCheckpoint#publish} takes; must be the same for an undisturbed and a resumed
     *        run, so without times; the settings are added to it
     */
    public void publish(Map<String, ?> provenance) {
        close();
        Map<String, Object> content = new LinkedHashMap<>(provenance);
        content.put(SETTINGS, new TreeMap<>(settings));
        staged.publish(content);
    }

    /** Closes the journal, not the staged checkpoint. A second call does nothing. */
    @Override
    public void close() {
        try {
            journal.close();
        } catch (IOException e) {
            throw WriteFault.translate(staged.workFile(JOURNAL), e);
        }
    }
}
