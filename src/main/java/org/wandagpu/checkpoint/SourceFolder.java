package org.wandagpu.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.wandagpu.failure.BadInputException;

/**
 * A checkpoint's folder, from which files are taken by plain names only: nothing outside it is ever opened, except that
 * the files of a Hugging Face cache's snapshot are links to the blobs of the same repository.
 */
final class SourceFolder {

    /** Of a file on any common file system. */
    private static final int LONGEST_NAME = 255;

    private final Path folder;
    private final Path real;
    private final Path blobs;

    private SourceFolder(Path folder, Path real, Path blobs) {
        this.folder = folder;
        this.real = real;
        this.blobs = blobs;
    }

    /** @throws BadInputException if there is no such folder */
    static SourceFolder open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new BadInputException(folder + (Files.exists(folder)
                    ? ": is a file; give the folder of a checkpoint"
                    : ": there is no such folder; give the folder of a checkpoint"));
        }
        try {
            Path real = folder.toRealPath();
            return new SourceFolder(folder, real, blobsOf(real));
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static BadInputException unreadable(Path folder, IOException e) {
        return new BadInputException(folder + ": cannot be read (" + Shown.reason(e) + "); check its permissions", e);
    }

    /** {@code models--OWNER--NAME/blobs} for a folder {@code models--OWNER--NAME/snapshots/COMMIT}, else null. */
    private static Path blobsOf(Path real) {
        Path snapshots = real.getParent();
        Path repository = snapshots == null ? null : snapshots.getParent();
        boolean isSnapshot = repository != null && repository.getFileName() != null
                && snapshots.getFileName().toString().equals("snapshots")
                && repository.getFileName().toString().startsWith("models--");
        return isSnapshot ? repository.resolve("blobs") : null;
    }

    /** The folder as it was given. */
    Path path() {
        return folder;
    }

    /** The folder behind all links. */
    Path real() {
        return real;
    }

    /**
     * A regular file of the folder by name, or null if there is none.
     *
     * @param name a plain name; the caller vouches for it
     * @throws BadInputException if it is a link that leads out of the folder or nowhere, a folder or a device
     */
    Path find(String name) {
        Path file = folder.resolve(name);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try {
            Path target = file.toRealPath();
            if (!target.startsWith(real) && (blobs == null || !target.startsWith(blobs))) {
                throw new BadInputException(file + ": is a link out of its folder, to " + target
                        + "; copy that file into the folder");
            }
            if (!Files.isRegularFile(target)) {
                throw new BadInputException(file + ": is not a regular file; put the model's own file there");
            }
            return file;
        } catch (IOException e) {
            throw new BadInputException(file + ": cannot be read (" + Shown.reason(e)
                    + "); check the file and what it links to", e);
        }
    }

    /** Whether a name from a file is only a name, without any part that leads elsewhere on any system. */
    static boolean isPlainName(String name) {
        return !name.isEmpty() && name.length() <= LONGEST_NAME && !name.equals(".") && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c));
    }

    /** Names in the folder, sorted. */
    List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }
}
