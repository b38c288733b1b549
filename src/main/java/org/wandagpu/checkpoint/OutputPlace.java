package org.wandagpu.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Locale;
import java.util.stream.Stream;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.UsageException;

/**
 * Where the output will stand and where it grows until then: {@code OUTPUT.partial} beside it.
 *
 * @param output the folder that appears complete or not at all
 * @param staging the folder of the work
 */
record OutputPlace(Path output, Path staging) {

    private static final String SUFFIX = ".partial";

    /**
     * The place for an output, checked without touching the disk.
     *
     * @throws UsageException if output or staging folder are the source, inside it or around it
     * @throws BadInputException if the output exists
     */
    static OutputPlace of(Path given, SourceFolder source) {
        Path output = given.toAbsolutePath().normalize();
        if (output.getFileName() == null) {
            throw alreadyThere(output);
        }
        Path staging = stagingOf(output);
        OutputPlace place = new OutputPlace(output, staging);
        place.requireFree();
        if (source.real().getFileSystem() == output.getFileSystem()) {
            refuseInside(output, output, source);
            refuseInside(output, staging, source);
        }
        return place;
    }

    /** The staging folder that belongs to an output. */
    static Path stagingOf(Path output) {
        return output.resolveSibling(output.getFileName() + SUFFIX);
    }

    /** @throws BadInputException if the output exists */
    void requireFree() {
        if (Files.exists(output, LinkOption.NOFOLLOW_LINKS)) {
            throw alreadyThere(output);
        }
    }

    private static BadInputException alreadyThere(Path output) {
        return new BadInputException(output + ": exists already; choose another --output or delete it");
    }

    private static void refuseInside(Path output, Path folder, SourceFolder source) {
        Path resolved = resolved(folder);
        if (resolved.startsWith(source.real()) || source.real().startsWith(resolved)) {
            throw new UsageException("--output " + output + ": " + (folder.equals(output) ? "it" : "its staging folder "
                    + folder) + " and the source folder " + source.path() + " are one inside the other, and nothing is"
                    + " ever written into a source folder; choose another --output");
        }
    }

    /** The path behind the links of its existing part. */
    private static Path resolved(Path path) {
        Path existing = existingPart(path);
        try {
            return existing.toRealPath().resolve(existing.relativize(path));
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    private static Path existingPart(Path path) {
        Path existing = path;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }

    /** The exception for a place that cannot be written to. */
    static BadInputException cannotWrite(Path path, IOException e) {
        return new BadInputException(path + ": cannot be written to (" + Shown.reason(e)
                + "); choose another --output or see to its permissions", e);
    }

    /**
     * Refuses a disk that is read-only or too small.
     *
     * @param bytes what the run will write
     * @throws BadInputException with both numbers
     */
    void requireSpace(long bytes) {
        FileStore disk;
        long free;
        try {
            disk = Files.getFileStore(existingPart(staging));
            free = disk.getUsableSpace();
        } catch (IOException e) {
            return; // some containers do not tell their disks; a full one is then noticed by the writes
        }
        if (disk.isReadOnly()) {
            throw new BadInputException(output + ": its disk is read-only; choose another --output");
        }
        if (free < bytes) {
            throw new BadInputException(String.format(Locale.ROOT, "%s: the run writes %,d bytes and the disk has"
                    + " %,d free; free some or choose another --output", output, bytes, free));
        }
    }

    /**
     * Makes the staging folder and the folders above it, or finds the one that an earlier run left.
     *
     * @param resume whether an earlier run's is welcome
     * @return the folders that were made, the innermost first; empty if the staging folder was there
     * @throws BadInputException if it cannot be made, or is there and may not be used
     */
    Deque<Path> createStaging(boolean resume) {
        Deque<Path> made = new ArrayDeque<>();
        try {
            for (Path folder : missing()) {
                Files.createDirectory(folder);
                made.push(folder);
            }
        } catch (FileAlreadyExistsException e) {
            // Another run was faster; what it made is judged below.
        } catch (IOException e) {
            made.forEach(OutputPlace::deleteIfPossible);
            throw cannotWrite(staging, e);
        }
        if (!staging.equals(made.peek())) {
            judgeExisting(resume);
        }
        return made;
    }

    private Deque<Path> missing() {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path folder = staging; !Files.exists(folder, LinkOption.NOFOLLOW_LINKS); folder = folder.getParent()) {
            missing.push(folder);
        }
        return missing;
    }

    private void judgeExisting(boolean resume) {
        if (!resume) {
            throw new BadInputException(staging + ": exists: continue it with --resume or delete it");
        }
        if (!isStaging(staging)) {
            throw new BadInputException(staging + ": is not the folder of an earlier run; delete it or choose another"
                    + " --output");
        }
    }

    /** Whether a run made a folder: it has the lock file, or nothing where the run was killed before or after it. */
    static boolean isStaging(Path folder) {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && (Files.exists(folder.resolve(StagingLock.FILE_NAME)) || isEmpty(folder));
    }

    private static boolean isEmpty(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw cannotWrite(folder, e);
        }
    }

    /** Deletes a staging folder as far as that is possible, its mark last; what stays is in nobody's way. */
    static void removeStaging(Path staging) {
        Path lock = staging.resolve(StagingLock.FILE_NAME);
        try (Stream<Path> files = Files.walk(staging)) {
            files.filter(file -> !file.equals(lock) && !file.equals(staging))
                    .sorted(Comparator.reverseOrder())
                    .forEach(OutputPlace::deleteIfPossible);
            deleteIfPossible(lock);
            deleteIfPossible(staging);
        } catch (IOException | UncheckedIOException e) {
            // A folder that cannot be listed cannot be emptied either.
        }
    }

    /** Deletes a file or an empty folder; one that is not empty stays as it is. */
    static void deleteIfPossible(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // What stays is in nobody's way, and the run has an outcome of its own to tell.
        }
    }
}
