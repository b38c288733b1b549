package org.wandagpu.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.tensor.DType;

/** The open weight files of a checkpoint, each tensor in exactly one of them. */
final class ShardSet implements AutoCloseable {

    private static final Set<DType> FLOATS = EnumSet.of(DType.F4, DType.F6_E2M3, DType.F6_E3M2, DType.F8_E5M2,
            DType.F8_E4M3, DType.F8_E8M0, DType.F8_E4M3FNUZ, DType.F8_E5M2FNUZ, DType.F16, DType.BF16, DType.F32,
            DType.F64);

    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Map<String, SafetensorsFile> homes = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private ShardIndex index;

    private ShardSet() {
    }

    /**
     * Opens {@code model.safetensors} where it exists, as transformers does, else the shards of the index.
     *
     * @throws BadInputException naming the first file that is missing or bad
     */
    static ShardSet open(SourceFolder folder) {
        ShardSet set = new ShardSet();
        try {
            set.openAll(folder);
            return set;
        } catch (RuntimeException | Error e) {
            set.close();
            throw e;
        }
    }

    private void openAll(SourceFolder folder) {
        Path single = folder.find(Checkpoint.WEIGHTS);
        Path indexFile = folder.find(ShardIndex.FILE_NAME);
        if (single != null) {
            add(single);
            if (indexFile != null) {
                warnings.add(indexFile + ": is not used, because " + Checkpoint.WEIGHTS + " stands beside it");
            }
        } else if (indexFile != null) {
            index = ShardIndex.read(indexFile);
            for (String name : index.shards()) {
                add(shard(folder, name));
            }
            checkIndex();
            warnOfOtherShards(folder);
        } else {
            throw noWeights(folder);
        }
    }

    private Path shard(SourceFolder folder, String name) {
        Path file = folder.find(name);
        if (file == null) {
            throw new BadInputException(folder.path().resolve(name) + ": this shard is missing, " + ShardIndex.FILE_NAME
                    + " names it; fetch it again");
        }
        return file;
    }

    private void add(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        files.add(file);
        for (String name : file.entries().keySet()) {
            SafetensorsFile other = homes.put(name, file);
            if (other != null) {
                throw new BadInputException(path + ": tensor " + Shown.text(name) + " is also in "
                        + other.path().getFileName() + ", so that readers may disagree about it; fetch both again");
            }
        }
    }

    private void checkIndex() {
        index.weightMap().forEach((name, shard) -> {
            SafetensorsFile home = homes.get(name);
            if (home == null || !home.path().getFileName().toString().equals(shard)) {
                throw new BadInputException(index.file() + ": weight_map says that tensor " + Shown.text(name)
                        + " is in " + shard + ", but it is "
                        + (home == null ? "in no shard" : "in " + home.path().getFileName())
                        + "; fetch index and shards again");
            }
        });
        for (String name : homes.keySet()) {
            if (!index.weightMap().containsKey(name)) {
                warnings.add(index.file() + ": does not list tensor " + Shown.text(name) + " of "
                        + homes.get(name).path().getFileName());
            }
        }
        long bytes = entries().stream().mapToLong(TensorEntry::byteSize).sum();
        if (!Double.isNaN(index.totalSize()) && index.totalSize() != bytes) {
            warnings.add(index.file() + ": total_size is " + Math.round(index.totalSize()) + " and the tensors have "
                    + bytes + " bytes");
        }
    }

    private void warnOfOtherShards(SourceFolder folder) {
        Set<String> listed = index.shards();
        folder.names().stream()
                .filter(name -> name.matches("(?s)model.*\\.safetensors") && !listed.contains(name))
                .forEach(name -> warnings.add(folder.path().resolve(Shown.text(name)) + ": is not listed in "
                        + ShardIndex.FILE_NAME + " and is not used"));
    }

    private static BadInputException noWeights(SourceFolder folder) {
        return folder.names().stream()
                .filter(name -> name.matches("(?s).*\\.(bin|pt|pth|ckpt|pkl|bin\\.index\\.json)"))
                .findFirst()
                .map(name -> new BadInputException(folder.path().resolve(Shown.text(name)) + ": is a pickle checkpoint,"
                        + " which can run code when it is read and is never opened; convert it to safetensors, in"
                        + " transformers by save_pretrained(folder, safe_serialization=True)"))
                .orElseGet(() -> new BadInputException(folder.path() + ": has neither " + Checkpoint.WEIGHTS + " nor "
                        + ShardIndex.FILE_NAME + "; give the folder of a Hugging Face checkpoint"));
    }

    List<SafetensorsFile> files() {
        return Collections.unmodifiableList(files);
    }

    /** The file of each tensor, file by file in the order of place. */
    Map<String, SafetensorsFile> homes() {
        return Collections.unmodifiableMap(homes);
    }

    List<String> warnings() {
        return Collections.unmodifiableList(warnings);
    }

    /** The index, or null for a single file. */
    ShardIndex index() {
        return index;
    }

    private List<TensorEntry> entries() {
        return files.stream().flatMap(file -> file.entries().values().stream()).toList();
    }

    long parameters() {
        return entries().stream()
                .filter(entry -> FLOATS.contains(entry.dtype()))
                .mapToLong(entry -> entry.byteSize() * Byte.SIZE / entry.dtype().bits())
                .sum();
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
