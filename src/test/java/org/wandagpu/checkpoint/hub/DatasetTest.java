package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wandagpu.checkpoint.hub.FakeRepository.COMMIT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.UsageException;
import org.wandagpu.failure.WorkFailedException;

class DatasetTest extends HubTestCase {

    private static final String C4 = "en/c4-train.00000-of-01024.json.gz";

    private List<Path> train(Hub hub) {
        return hub.datasetFiles("Salesforce/wikitext", "wikitext-2-raw-v1", "train-");
    }

    private void offerWikitext() {
        server.dataset("Salesforce/wikitext").with("README.md", "#")
                .withLarge("wikitext-2-raw-v1/train-00001-of-00002.parquet", 20)
                .withLarge("wikitext-2-raw-v1/train-00000-of-00002.parquet", 10)
                .withLarge("wikitext-2-raw-v1/test-00000-of-00001.parquet", 5)
                .withLarge("wikitext-2-raw-v1/train-more/x.parquet", 5)
                .withLarge("wikitext-103-v1/train-00000-of-00001.parquet", 5);
    }

    @Test
    void aFileComesFromItsFolderOfTheSnapshot() {
        FakeRepository data = server.dataset("allenai/c4").withLarge(C4, 1000);
        Path file = open().datasetFile("allenai/c4", C4);
        assertThat(file).isEqualTo(repository("datasets--allenai--c4/snapshots/" + COMMIT + "/" + C4))
                .hasBinaryContent(data.file(C4));
        assertThat(repository("datasets--allenai--c4/refs/main")).hasContent(COMMIT);
        assertThat(server.requests().getFirst()).hasToString("hub HEAD /datasets/allenai/c4/resolve/main/" + C4);
    }

    @Test
    void aCachedFileIsLookedUpByItsHeadAlone() {
        server.dataset("allenai/c4").withLarge(C4, 1000);
        Path file = open().datasetFile("allenai/c4", C4);
        server.forgetRequests();
        assertThat(open().datasetFile("allenai/c4", C4)).isEqualTo(file);
        assertThat(server.requests()).hasSize(1);
        assertThat(open("HF_HUB_OFFLINE=1").datasetFile("allenai/c4", C4)).isEqualTo(file);
        assertThat(open().datasetFile("allenai/c4@" + COMMIT, C4)).isEqualTo(file);
        assertThat(server.requests()).hasSize(1);
        server.close();
        assertThat(open().datasetFile("allenai/c4", C4)).isEqualTo(file);
    }

    @Test
    void filesOfAFolderComeInOrder() {
        offerWikitext();
        assertThat(train(open())).extracting(file -> file.getFileName().toString())
                .containsExactly("train-00000-of-00002.parquet", "train-00001-of-00002.parquet");
        assertThat(server.requests("store", "GET")).hasSize(2);
    }

    @Test
    void filesOfAFolderAreFoundWithoutANetwork() throws IOException {
        offerWikitext();
        List<Path> files = train(open());
        server.close();
        assertThat(train(open())).isEqualTo(files);
        assertThat(train(open("HF_HUB_OFFLINE=1"))).isEqualTo(files);

        Files.delete(files.getLast());
        assertThatThrownBy(() -> train(open("HF_HUB_OFFLINE=1"))).isInstanceOf(BadInputException.class)
                .hasMessage("data set Salesforce/wikitext is not whole in the cache " + cache + ": no"
                        + " wikitext-2-raw-v1/train-*; unset HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE,"
                        + " or fetch it where there is a network");
    }

    @Test
    void aServerThatListsNothingIsAskedForTheOnlyShard() {
        FakeRepository data = server.dataset("Salesforce/wikitext")
                .withLarge("wikitext-2-raw-v1/train-00000-of-00001.parquet", 10);
        server.when((exchange, request) -> request.path().startsWith("/api/") && FakeHub.refuse(exchange, 501, ""));
        assertThat(train(open())).hasSize(1).first().asInstanceOf(
                org.assertj.core.api.InstanceOfAssertFactories.PATH)
                .hasBinaryContent(data.file("wikitext-2-raw-v1/train-00000-of-00001.parquet"));
    }

    @Test
    void aFolderWithoutSuchFilesIsNamed() {
        offerWikitext();
        assertThatThrownBy(() -> open().datasetFiles("Salesforce/wikitext", "wikitext-3", "train-"))
                .isInstanceOf(BadInputException.class)
                .hasMessage("data set Salesforce/wikitext has no file wikitext-3/train-*; check name and revision");
    }

    @Test
    void withoutANetworkAndACacheTheHostIsNamed() {
        server.close();
        assertThatThrownBy(() -> train(open())).isInstanceOf(WorkFailedException.class)
                .hasMessageContaining(server.host() + " cannot be reached");
    }

    @Test
    void badNamesAreRefusedWithoutARequest() {
        assertThatThrownBy(() -> open().datasetFile("../x", "a")).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> open().datasetFile("owner/data", "../a")).isInstanceOf(BadInputException.class);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void verifyReadsAFileAgain() throws IOException {
        server.dataset("owner/data").withLarge("large", 1000).with("small", "s");
        Path large = open().datasetFile("owner/data", "large");
        Path small = open().datasetFile("owner/data", "small");
        assertThat(open().verify(large)).isTrue();
        assertThat(open().verify(small)).isTrue();

        Path blob = large.toRealPath();
        Files.write(blob, java.util.Arrays.copyOf(Files.readAllBytes(blob), 999));
        assertThatThrownBy(() -> open().verify(large)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(large + ": damaged, its SHA-256 is ")
                .hasMessageEndingWith(", expected " + blob.getFileName() + "; delete " + blob + " and run again");
        Files.delete(blob);
        assertThat(open().verify(open().datasetFile("owner/data", "large"))).isTrue();
        assertThat(open().verify(Files.writeString(cache.resolve("plain"), "x"))).as("no hash is known").isFalse();
    }
}
