package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wandagpu.checkpoint.hub.FakeRepository.COMMIT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.BadInputException;

/** What the cache alone can do: offline by wish, without a network, with half a cache, with one that is read-only. */
class OfflineTest extends HubTestCase {

    private static final String INDEX = "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\","
            + " \"b\": \"model-00002-of-00002.safetensors\"}}";

    private Path fetchOnce() {
        server.model("owner/name").usable();
        Path snapshot = open().model("owner/name");
        server.forgetRequests();
        return snapshot;
    }

    @ParameterizedTest
    @ValueSource(strings = {"HF_HUB_OFFLINE=1", "TRANSFORMERS_OFFLINE=true"})
    void offlineTheCachedRevisionIsUsedWithoutARequest(String variable) {
        Path snapshot = fetchOnce();
        assertThat(open(variable).model("owner/name")).isEqualTo(snapshot);
        assertThat(open(variable).model("owner/name@" + COMMIT)).isEqualTo(snapshot);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void offlineAModelThatIsNotCachedIsNamed() {
        assertThatThrownBy(() -> open("HF_HUB_OFFLINE=1").model("owner/name")).isInstanceOf(BadInputException.class)
                .hasMessage("model owner/name is not whole in the cache " + cache + ": no config.json;"
                        + " unset HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE, or fetch it where there is a network");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void offlineTheMissingPartsOfHalfACacheAreNamed() throws IOException {
        server.model("owner/name").with("config.json", "{}").with("model.safetensors.index.json", INDEX)
                .withLarge("model-00001-of-00002.safetensors", 10).withLarge("model-00002-of-00002.safetensors", 11);
        Path snapshot = open().model("owner/name");
        Files.delete(snapshot.resolve("model-00002-of-00002.safetensors").toRealPath());
        assertThatThrownBy(() -> open("HF_HUB_OFFLINE=1").model("owner/name")).isInstanceOf(BadInputException.class)
                .hasMessageContaining(": no model-00002-of-00002.safetensors; unset");
        Files.delete(snapshot.resolve("config.json"));
        assertThatThrownBy(() -> open("HF_HUB_OFFLINE=1").model("owner/name"))
                .hasMessageContaining(": no config.json, model-00002-of-00002.safetensors; unset");

        assertThat(open().model("owner/name").resolve("model-00002-of-00002.safetensors")).hasSize(11);
        assertThat(open("HF_HUB_OFFLINE=1").model("owner/name")).isEqualTo(snapshot);
    }

    @Test
    void aCachedCommitNeedsNoRequest() {
        Path snapshot = fetchOnce();
        assertThat(open().model("owner/name@" + COMMIT)).isEqualTo(snapshot);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aCommitOfWhichHalfIsCachedIsCompleted() throws IOException {
        Path snapshot = fetchOnce();
        Files.delete(snapshot.resolve("model.safetensors"));
        assertThat(open().model("owner/name@" + COMMIT).resolve("model.safetensors")).exists();
        assertThat(server.requests("store", "GET")).as("the blob is still there").isEmpty();
    }

    @Test
    void withTheNetworkDownTheCachedRevisionIsUsedAndToldSo() {
        Path snapshot = fetchOnce();
        server.close();
        assertThat(open().model("owner/name")).isEqualTo(snapshot);
        assertThat(pauses.seconds).as("no waiting for what the cache has").isEmpty();
        assertThat(listener.notices).hasSize(1).first().asString()
                .startsWith("list of files of model owner/name: " + server.host() + " cannot be reached")
                .endsWith("; meanwhile " + snapshot + " is used");
    }

    @Test
    void aHubOutOfOrderIsLikeANetworkThatIsDown() {
        Path snapshot = fetchOnce();
        server.when((exchange, request) -> FakeHub.refuse(exchange, 503, ""));
        assertThat(open().model("owner/name")).isEqualTo(snapshot);
        server.when((exchange, request) -> {
            FakeHub.send(exchange, "<html>Log in</html>".getBytes());
            return true;
        });
        assertThat(open().model("owner/name")).isEqualTo(snapshot);
    }

    @Test
    void anotherToolsCacheIsUsed() throws IOException {
        Path folder = repository("models--owner--name");
        Path snapshot = Files.createDirectories(folder.resolve("snapshots").resolve(COMMIT));
        Files.createDirectories(folder.resolve("refs"));
        Files.writeString(folder.resolve("refs/main"), COMMIT);
        Files.writeString(snapshot.resolve("config.json"), "{}");
        Files.writeString(snapshot.resolve("consolidated.safetensors"), "w");
        assertThat(open("HF_HUB_OFFLINE=1").model("owner/name")).isEqualTo(snapshot);
    }

    @Test
    void aLinkOutOfTheCacheIsRefusedWhateverItsName() throws IOException {
        Path snapshot = fetchOnce();
        Path outside = Files.writeString(cache.resolveSibling(cache.getFileName() + "-outside"), "{}");
        try {
            Files.createSymbolicLink(snapshot.resolve("vocab.json"), outside);
            assertThatThrownBy(() -> open("HF_HUB_OFFLINE=1").model("owner/name"))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("vocab.json: leads out of the cache to");
        } finally {
            Files.delete(outside);
        }
    }

    @Test
    void aCacheThatIsUpToDateIsNotWritten() throws IOException {
        fetchOnce();
        TreeMap<String, Object> before = state();
        open().model("owner/name");
        open("HF_HUB_OFFLINE=1").model("owner/name");
        assertThat(state()).isEqualTo(before);
    }

    /** Path, time of change and length of everything in the cache. */
    private TreeMap<String, Object> state() throws IOException {
        TreeMap<String, Object> state = new TreeMap<>();
        try (Stream<Path> files = Files.walk(cache)) {
            for (Path file : files.toList()) {
                state.put(file.toString(), Files.readAttributes(file, "unix:ino,ctime,size"));
            }
        }
        return state;
    }

    @Test
    void aCacheThatMayNotBeWrittenServesWhatItHas() throws IOException {
        String next = "89abcdef0123456789abcdef0123456789abcdef";
        Path snapshot = fetchOnce();
        // The branch moves to a commit that is cached already, so that only the reference would change.
        Files.move(snapshot, snapshot.resolveSibling(next));
        server.model("owner/name").at("main", next);
        Path references = repository("models--owner--name/refs");
        Files.delete(references.resolve("main"));
        Files.delete(references);
        // A file where a folder is wanted stops even a superuser, whom permissions do not.
        Files.writeString(references, "in the way");
        protect("r-x------");
        try {
            assertThat(open().model("owner/name")).hasFileName(next);
        } finally {
            protect("rwx------");
        }
    }

    @Test
    void aDownloadIntoACacheThatCannotBeWrittenNamesTheVariable() throws IOException {
        server.model("owner/name").usable();
        Files.writeString(repository("models--owner--name"), "in the way");
        assertThatThrownBy(() -> open().model("owner/name"))
                .isInstanceOf(org.wandagpu.failure.WorkFailedException.class)
                .hasMessageStartingWith(repository("models--owner--name/blobs/").toString())
                .hasMessageContaining(": cannot be written (").hasMessageContaining("set HF_HUB_CACHE to a folder")
                .hasMessageNotContaining("\n");
    }

    private void protect(String permissions) throws IOException {
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString(permissions));
    }
}
