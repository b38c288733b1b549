package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wandagpu.failure.BadInputException;

/**
 * A model's snapshot in the cache, which this program, another tool or half a download may have left.
 *
 * @param commit full commit hash
 */
record ModelSnapshot(RepositoryCache cache, String commit) {

    /**
     * What a usable snapshot would need besides: configuration and all weights. A tokenizer is not asked for, since
     * not every model has one of the same files.
     *
     * @return the missing files; empty for a usable snapshot
     * @throws BadInputException if a file of the snapshot leads out of the cache
     */
    List<String> missing() {
        List<String> present = present();
        List<String> missing = new ArrayList<>();
        if (!present.contains(ModelFiles.CONFIG)) {
            missing.add(ModelFiles.CONFIG);
        }
        Optional<Path> index = cache.find(commit, ModelFiles.INDEX);
        if (present.contains(ModelFiles.SINGLE)) {
            return missing;
        }
        if (index.isPresent()) {
            ShardIndex.shards(index.get()).stream().filter(shard -> !present.contains(shard)).forEach(missing::add);
        } else if (present.stream().noneMatch(ModelFiles::isWeights)) {
            missing.add(ModelFiles.SINGLE);
        }
        return missing;
    }

    Path folder() {
        return cache.snapshot(commit);
    }

    /** The files beside the configuration; links without a blob do not count. */
    private List<String> present() {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(folder())) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder())) {
                for (Path file : files) {
                    String name = file.getFileName().toString();
                    cache.find(commit, name).ifPresent(found -> names.add(name));
                }
            } catch (IOException e) {
                throw new BadInputException(folder() + ": cannot be read; check the cache's permissions", e);
            }
        }
        return names;
    }
}
