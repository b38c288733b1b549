package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wandagpu.checkpoint.hub.FakeRepository.COMMIT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.BadInputException;

class RepositoryCacheTest {

    private static final String ETAG = "ab12";

    @TempDir
    Path folder;

    private Path root;
    private RepositoryCache cache;

    @BeforeEach
    void makeACacheWithOneBlob() throws IOException {
        root = folder.resolve("cache");
        cache = cache(true);
        cache.prepare();
        Files.writeString(cache.blob(ETAG), "content");
    }

    private RepositoryCache cache(boolean symlinks) {
        return new RepositoryCache(root, Repository.parse(Repository.Kind.MODEL, "owner/name"), symlinks);
    }

    @Test
    void aFileInAFolderLinksUpToItsBlob() throws IOException {
        Path file = cache.link(COMMIT, "a/b/c.txt", ETAG, true);
        assertThat(file).isEqualTo(cache.snapshot(COMMIT).resolve("a/b/c.txt")).hasContent("content");
        assertThat(Files.readSymbolicLink(file)).hasToString("../../../../blobs/" + ETAG);
        assertThat(cache.find(COMMIT, "a/b/c.txt")).contains(file);
        assertThat(RepositoryCache.etagOf(file)).contains(ETAG);
    }

    @Test
    void theWholeCacheCanBeMoved() throws IOException {
        cache.link(COMMIT, "a.txt", ETAG, true);
        root = Files.move(root, folder.resolve("elsewhere"));
        assertThat(cache(true).find(COMMIT, "a.txt").orElseThrow()).hasContent("content");
    }

    @Test
    void aLinkWithoutABlobIsNoFileAndIsReplaced() throws IOException {
        cache.link(COMMIT, "a.txt", "gone", true);
        assertThat(cache.find(COMMIT, "a.txt")).isEmpty();
        assertThat(cache.link(COMMIT, "a.txt", ETAG, true)).hasContent("content");
    }

    @Test
    void aBlobOfOtherSnapshotsStaysWhereLinksAreUnwanted() throws IOException {
        Path linked = cache.link(COMMIT, "a.txt", ETAG, true);
        Path copied = cache(false).link(COMMIT, "b.txt", ETAG, false);
        assertThat(copied).isRegularFile().hasContent("content");
        assertThat(Files.isSymbolicLink(copied)).isFalse();
        assertThat(linked).hasContent("content");
    }

    @Test
    void aLinkThatLeavesTheCacheIsRefused() throws IOException {
        Path outside = Files.writeString(folder.resolve("secret"), "s");
        Path link = cache.snapshot(COMMIT).resolve("a.txt");
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, outside);
        assertThatThrownBy(() -> cache.find(COMMIT, "a.txt")).isInstanceOf(BadInputException.class)
                .hasMessage(link + ": leads out of the cache to " + outside.toRealPath()
                        + "; delete the link and run again");
    }

    @Test
    void aBlobThatIsALinkWithinTheCacheIsFine() throws IOException {
        Path shared = Files.createDirectories(root.resolve("blobs/cd")).resolve("cdef");
        Files.writeString(shared, "shared");
        Files.createSymbolicLink(cache.blob("other"), Path.of("../../blobs/cd/cdef"));
        assertThat(cache.find(COMMIT, cache.link(COMMIT, "a.txt", "other", false).getFileName().toString())
                .orElseThrow()).hasContent("shared");
    }

    @Test
    void aCacheBehindALinkIsFine() throws IOException {
        cache.link(COMMIT, "a.txt", ETAG, true);
        root = Files.createSymbolicLink(folder.resolve("link"), root);
        assertThat(cache(true).find(COMMIT, "a.txt")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/etc/passwd", "../x", "a/../../x", "a/..", ".", "./a", "a//b", "a/", "a\\..\\b", "C:x",
        "a/C:x", "a\u0000b", "a\nb"})
    void aPathThatIsNotPlainIsRefused(String path) {
        assertThatThrownBy(() -> cache.find(COMMIT, path)).isInstanceOf(BadInputException.class)
                .hasMessageContaining("is no path of a file in a repository")
                .hasMessageNotContainingAny("\n", "\u0000");
    }

    @Test
    void aFolderIsNoFile() throws IOException {
        cache.link(COMMIT, "a/b.txt", ETAG, true);
        assertThat(cache.find(COMMIT, "a")).isEmpty();
    }

    @Test
    void aReferenceIsTheCommitWithoutANewline() throws IOException {
        cache.remember("refs/pr/1", COMMIT);
        Path ref = root.resolve("models--owner--name/refs/refs/pr/1");
        assertThat(Files.readString(ref)).isEqualTo(COMMIT);
        assertThat(cache.commitOf("refs/pr/1")).contains(COMMIT);
        assertThat(cache.commitOf(COMMIT)).contains(COMMIT);
        assertThat(cache.commitOf("main")).isEmpty();
        Files.writeString(ref, COMMIT + "\n");
        assertThat(cache.commitOf("refs/pr/1")).contains(COMMIT);
        Files.writeString(ref, "../../../etc");
        assertThat(cache.commitOf("refs/pr/1")).isEmpty();
    }

    @Test
    void whatIsKnownToBeAbsentIsAnEmptyFile() {
        assertThat(cache.isAbsent(COMMIT, "a/b.txt")).isFalse();
        cache.markAbsent(COMMIT, "a/b.txt");
        assertThat(cache.isAbsent(COMMIT, "a/b.txt")).isTrue();
        assertThat(root.resolve("models--owner--name/.no_exist/" + COMMIT + "/a/b.txt")).isEmptyFile();
    }
}
