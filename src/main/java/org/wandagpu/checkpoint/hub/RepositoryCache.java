package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import org.wandagpu.failure.BadInputException;

/**
 * One repository's folder in the cache, as the hub's own tools lay it out:
 * <pre>
 * CACHE/CACHEDIR.TAG                       tells backups to pass by
 * CACHE/.locks/models--owner--name/ETAG.lock
 * CACHE/models--owner--name/
 *     blobs/ETAG                           a content, named by its hash
 *     blobs/ETAG.incomplete                what has arrived of it
 *     refs/REVISION                        the commit hash that a branch or tag stood for
 *     snapshots/COMMIT/PATH                a relative link to the blob, or the file itself where links cannot be
 *     .no_exist/COMMIT/PATH                an empty file: known not to be in that commit
 * </pre>
 */
final class RepositoryCache {

    private static final String TAG = """
            Signature: 8a477f597d28d172789f06886806bc55
            # The files below this folder can be downloaded again; backups may leave them out.
            """;

    private final Path root;
    private final Path folder;
    private final Path locks;
    private final boolean symlinks;

    /**
     * @param root the cache of all repositories
     * @param symlinks whether snapshots may hold links
     */
    RepositoryCache(Path root, Repository repository, boolean symlinks) {
        this.root = root;
        this.folder = root.resolve(repository.folder());
        this.locks = root.resolve(".locks").resolve(repository.folder());
        this.symlinks = symlinks;
    }

    Path root() {
        return root;
    }

    Path blob(String etag) {
        return folder.resolve("blobs").resolve(etag);
    }

    Path incomplete(String etag) {
        return folder.resolve("blobs").resolve(etag + ".incomplete");
    }

    Path lock(String etag) {
        return locks.resolve(etag + ".lock");
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    /** Makes the folders that a download writes into. */
    void prepare() throws IOException {
        Files.createDirectories(locks);
        Files.createDirectories(folder.resolve("blobs"));
        Path tag = root.resolve("CACHEDIR.TAG");
        if (!Files.exists(tag)) {
            Files.writeString(tag, TAG);
        }
    }

    /** The commit that a revision stood for when it was last looked up; a commit stands for itself. */
    Optional<String> commitOf(String revision) {
        if (Repository.isCommit(revision)) {
            return Optional.of(revision);
        }
        try {
            return Optional.of(Files.readString(folder.resolve("refs").resolve(revision)).strip())
                    .filter(Repository::isCommit);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Notes which commit a revision stands for. It only serves later runs without a network, so a cache that may not
     * be written is left as it is.
     */
    void remember(String revision, String commit) {
        if (commitOf(revision).filter(commit::equals).isPresent()) {
            return;
        }
        Path ref = folder.resolve("refs").resolve(revision);
        try {
            Files.createDirectories(ref.getParent());
            Files.createDirectories(locks);
            Path fresh = locks.resolve("ref." + ProcessHandle.current().pid() + ".incomplete");
            Files.writeString(fresh, commit);
            move(fresh, ref);
        } catch (IOException e) {
            // Nothing is lost: with a network the revision is looked up again.
        }
    }

    /**
     * A file of a snapshot, if it is there.
     *
     * @throws BadInputException if it is a link that leaves the cache, or a path that leaves the repository
     */
    Optional<Path> find(String commit, String file) {
        Path path = inside(snapshot(commit), file);
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try {
            if (!path.toRealPath().startsWith(root.toRealPath())) {
                throw new BadInputException(path + ": leads out of the cache to " + path.toRealPath()
                        + "; delete the link and run again");
            }
            return Optional.of(path);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether the hub has said that a commit lacks a file. */
    boolean isAbsent(String commit, String file) {
        return Files.exists(inside(folder.resolve(".no_exist").resolve(commit), file));
    }

    /** Notes that a commit lacks a file; like {@link #remember}, only where the cache may be written. */
    void markAbsent(String commit, String file) {
        Path mark = inside(folder.resolve(".no_exist").resolve(commit), file);
        try {
            Files.createDirectories(mark.getParent());
            Files.createFile(mark);
        } catch (IOException e) {
            // It is there already, or the hub is asked again next time.
        }
    }

    /** Makes a finished download a blob. */
    void keep(String etag) throws IOException {
        move(incomplete(etag), blob(etag));
    }

    /**
     * Makes a blob a file of a snapshot.
     *
     * @param fresh whether the blob was made for this file alone, so that it may be moved where links cannot be
     * @return the file
     */
    Path link(String commit, String file, String etag, boolean fresh) throws IOException {
        Path path = inside(snapshot(commit), file);
        Files.createDirectories(path.getParent());
        if (symlinks && linkTo(etag, path)) {
            return path;
        }
        if (fresh) {
            move(blob(etag), path);
        } else {
            Path copy = incomplete(etag);
            Files.copy(blob(etag), copy, StandardCopyOption.REPLACE_EXISTING);
            move(copy, path);
        }
        return path;
    }

    /** Replaces a file by a link in one step; false where the file system has no links. */
    private boolean linkTo(String etag, Path path) throws IOException {
        Path link = locks.resolve(etag + ".link");
        Files.deleteIfExists(link);
        try {
            Files.createSymbolicLink(link, path.getParent().relativize(blob(etag)));
        } catch (FileSystemException | UnsupportedOperationException e) {
            return false;
        }
        move(link, path);
        return true;
    }

    /** The name of the blob behind a snapshot's file; empty where the file itself lies there. */
    static Optional<String> etagOf(Path file) throws IOException {
        return Files.isSymbolicLink(file) ? Optional.of(Files.readSymbolicLink(file).getFileName().toString())
                : Optional.empty();
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static Path inside(Path folder, String file) {
        requirePlain(file);
        return folder.resolve(file);
    }

    /**
     * Checks a path in a repository, which the hub or an index names, and which may therefore be anything.
     *
     * @throws BadInputException unless it is made of plain names with slashes between them
     */
    static void requirePlain(String file) {
        boolean plain = file.chars().noneMatch(c -> c < ' ' || c == '\\')
                && Arrays.stream(file.split("/", -1)).noneMatch(part -> part.matches("|\\.{1,2}|[A-Za-z]:.*"));
        if (!plain) {
            throw new BadInputException("'" + Text.oneLine(file) + "' is no path of a file in a repository;"
                    + " give plain names with slashes between them");
        }
    }
}
