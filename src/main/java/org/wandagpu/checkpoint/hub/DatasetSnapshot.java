package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the cache holds of a data set.
 *
 * @param repository the data set at a revision
 */
record DatasetSnapshot(RepositoryCache cache, Repository repository) {

    private static final Pattern SHARD = Pattern.compile("\\d{5}-of-(\\d{5})\\D*");

    /**
     * The cached files whose paths begin alike, in order of their names; empty if there are none, or if their numbers
     * ({@code 00000-of-00003}) say that some are missing.
     */
    Optional<List<Path>> files(String begin) {
        return cache.commitOf(repository.revision()).map(commit -> find(commit, begin))
                .filter(files -> !files.isEmpty());
    }

    private List<Path> find(String commit, String begin) {
        String folder = begin.substring(0, begin.lastIndexOf('/') + 1);
        String prefix = begin.substring(folder.length());
        List<Path> files = new ArrayList<>();
        Path path = cache.snapshot(commit).resolve(folder);
        if (Files.isDirectory(path)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path,
                    entry -> entry.getFileName().toString().startsWith(prefix))) {
                entries.forEach(entry -> cache.find(commit, folder + entry.getFileName()).ifPresent(files::add));
            } catch (IOException e) {
                return List.of();
            }
        }
        files.sort(null);
        return isWhole(files, prefix) ? files : List.of();
    }

    private static boolean isWhole(List<Path> files, String prefix) {
        for (Path file : files) {
            Matcher shard = SHARD.matcher(file.getFileName().toString().substring(prefix.length()));
            if (shard.matches() && Integer.parseInt(shard.group(1)) != files.size()) {
                return false;
            }
        }
        return true;
    }
}
