package org.wandagpu.checkpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.wandagpu.checkpoint.OutputShard.Piece;

/**
 * The weight files of an output, laid out before anything is written.
 *
 * @param shards the files in order
 * @param pruned place of each tensor whose bytes the run writes, by name
 * @param isOfSource whether files and index are those of the source
 * @param index shard name by tensor name for a new index file; null where none is needed
 * @param tensorBytes bytes of all tensors
 */
record ShardPlan(List<OutputShard> shards, Map<String, Place> pruned, boolean isOfSource, Map<String, String> index,
        long tensorBytes) {

    /**
     * Where a tensor's bytes go.
     *
     * @param shard the file
     * @param begin first byte in it
     * @param bytes their number
     */
    record Place(OutputShard shard, long begin, long bytes) {
    }

    /** The source's own files: same names, same headers, everything at its place. */
    static ShardPlan ofSource(Checkpoint source, Set<String> prunedNames) {
        Builder plan = new Builder(prunedNames);
        for (SafetensorsFile file : source.shards()) {
            long dataBegin = SafetensorsLayout.dataBegin(file.headerBytes());
            plan.begin(file.path().getFileName().toString(), new byte[0], file.byteSize());
            plan.copy(new Piece(file, 0, 0, dataBegin));
            file.entries().values().forEach(entry -> plan.add(file, entry, dataBegin + entry.begin()));
        }
        return plan.build(true, null);
    }

    /**
     * New files of bounded size, filled in the order of the source's tensors; a tensor larger than the bound gets a
     * file of its own.
     *
     * @param maxShardBytes most bytes of tensors in a file
     */
    static ShardPlan split(Checkpoint source, Set<String> prunedNames, long maxShardBytes) {
        List<NewShard> files = NewShard.fill(source, maxShardBytes);
        Builder plan = new Builder(prunedNames);
        Map<String, String> index = new TreeMap<>();
        for (int i = 0; i < files.size(); i++) {
            String fileName = files.size() == 1 ? Checkpoint.WEIGHTS
                    : String.format("model-%05d-of-%05d.safetensors", i + 1, files.size());
            NewShard file = files.get(i);
            byte[] header = file.header();
            plan.begin(fileName, header, header.length + file.tensorBytes());
            long begin = header.length;
            for (NewShard.Member member : file.members()) {
                plan.add(member.home(), member.entry(), begin);
                index.put(member.entry().name(), fileName);
                begin += member.entry().byteSize();
            }
        }
        return plan.build(false, files.size() == 1 ? null : index);
    }

    /** Bytes of all files. */
    long byteSize() {
        return shards.stream().mapToLong(OutputShard::byteSize).sum();
    }

    private static final class Builder {
        private final Set<String> prunedNames;
        private final List<OutputShard> shards = new ArrayList<>();
        private final Map<String, Place> pruned = new HashMap<>();
        private long tensorBytes;

        Builder(Set<String> prunedNames) {
            this.prunedNames = prunedNames;
        }

        void begin(String fileName, byte[] header, long byteSize) {
            shards.add(new OutputShard(fileName, header, byteSize, new ArrayList<>()));
        }

        void add(SafetensorsFile file, TensorEntry entry, long begin) {
            tensorBytes += entry.byteSize();
            if (prunedNames.contains(entry.name())) {
                pruned.put(entry.name(), new Place(shards.getLast(), begin, entry.byteSize()));
            } else {
                long from = SafetensorsLayout.dataBegin(file.headerBytes()) + entry.begin();
                copy(new Piece(file, from, begin, entry.byteSize()));
            }
        }

        void copy(Piece piece) {
            List<Piece> pieces = shards.getLast().pieces();
            Piece joined = pieces.isEmpty() ? null : pieces.getLast().joined(piece);
            if (joined != null) {
                pieces.set(pieces.size() - 1, joined);
            } else {
                pieces.add(piece);
            }
        }

        ShardPlan build(boolean isOfSource, Map<String, String> index) {
            return new ShardPlan(shards, pruned, isOfSource, index, tensorBytes);
        }
    }
}
