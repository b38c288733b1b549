package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wandagpu.checkpoint.hub.FakeRepository.COMMIT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.UsageException;

class ModelDownloadTest extends HubTestCase {

    @Test
    void theCacheHasTheHubsOwnLayout() throws IOException {
        FakeRepository model = server.model("owner/name").usable();
        Path snapshot = open().model("owner/name");

        Path folder = repository("models--owner--name");
        assertThat(snapshot).isEqualTo(folder.resolve("snapshots").resolve(COMMIT));
        assertThat(folder.resolve("refs/main")).hasContent(COMMIT);
        String weights = FakeRepository.sha256(model.file("model.safetensors"));
        String config = FakeRepository.gitSha1(model.file("config.json"));
        assertThat(Files.readSymbolicLink(snapshot.resolve("model.safetensors")))
                .hasToString("../../blobs/" + weights);
        assertThat(Files.readSymbolicLink(snapshot.resolve("config.json"))).hasToString("../../blobs/" + config);
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(model.file("model.safetensors"));
        assertThat(folder.resolve("blobs").resolve(config)).hasBinaryContent(model.file("config.json"));
        assertThat(repository(".locks/models--owner--name/" + weights + ".lock")).exists();
        assertThat(Files.readString(repository("CACHEDIR.TAG")))
                .startsWith("Signature: 8a477f597d28d172789f06886806bc55\n");
        assertThat(names(folder.resolve("blobs"))).hasSize(3).noneMatch(name -> name.endsWith(".incomplete"));
    }

    @Test
    void onlyDescriptionTokenizerAndSafetensorsAreFetched() throws IOException {
        server.model("owner/name").usable().with("generation_config.json", "{}").with("tokenizer.model", "m")
                .with("merges.txt", "a b").with("vocab.json", "{}").with("chat_template.jinja", "{{ x }}")
                .with("modeling_name.py", "evil()").with("README.md", "# x").withLarge("pytorch_model.bin", 10)
                .withLarge("onnx/model.safetensors", 10).withLarge("consolidated.safetensors", 10)
                .with("training_args.bin", "b");
        Path snapshot = open().model("owner/name");

        assertThat(names(snapshot)).containsExactlyInAnyOrder("config.json", "generation_config.json",
                "tokenizer.json", "tokenizer.model", "merges.txt", "vocab.json", "chat_template.jinja",
                "model.safetensors");
        assertThat(server.requests()).noneMatch(seen -> seen.path().matches(".*(\\.py|\\.bin|onnx.*|\\.md)"));
    }

    @Test
    void shardsAreThoseOfTheIndexAndComeLast() throws IOException {
        server.model("owner/name").with("config.json", "{}").with("tokenizer.json", "{}")
                .with("model.safetensors.index.json", "{\"metadata\": {\"total_size\": 2000}, \"weight_map\":"
                        + " {\"b\": \"model-00002-of-00002.safetensors\", \"a\": \"model-00001-of-00002.safetensors\","
                        + " \"c\": \"model-00002-of-00002.safetensors\"}}")
                .withLarge("model-00001-of-00002.safetensors", 1000)
                .withLarge("model-00002-of-00002.safetensors", 1001).withLarge("other.safetensors", 7);
        Path snapshot = open().model("owner/name");

        assertThat(names(snapshot)).contains("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
                .contains("model.safetensors.index.json").doesNotContain("other.safetensors");
        assertThat(listener.begun).endsWith("model-00001-of-00002.safetensors 1000",
                "model-00002-of-00002.safetensors 1001").startsWith("config.json 2");
        assertThat(listener.ends()).isEqualTo(listener.begun.size());
        assertThat(listener.position()).isEqualTo(1001);
    }

    @Test
    void anIndexThatNamesAMissingShardOrAPathIsRefused() {
        FakeRepository model = server.model("owner/name").with("config.json", "{}").withLarge("a.safetensors", 5);
        for (String shard : new String[] {"b.safetensors", "../a.safetensors", "/etc/passwd", "a.bin"}) {
            model.with("model.safetensors.index.json", "{\"weight_map\": {\"t\": \"" + shard + "\"}}");
            model.at("main", FakeRepository.gitSha1(shard.getBytes()));
            assertThatThrownBy(() -> open().model("owner/name")).isInstanceOf(BadInputException.class)
                    .hasMessageContaining("model.safetensors.index.json: names the shard " + shard + ", but");
        }
    }

    @Test
    void aDamagedIndexIsRefused() {
        FakeRepository model = server.model("owner/name").with("config.json", "{}").withLarge("a.safetensors", 5);
        for (String index : new String[] {"[]", "{", "{\"weight_map\": {}}", "{\"weight_map\": {\"t\": 1}}",
            "{\"x\": " + "[".repeat(100_000), "{}"}) {
            model.with("model.safetensors.index.json", index);
            model.at("main", FakeRepository.gitSha1(index.getBytes()));
            assertThatThrownBy(() -> open().model("owner/name")).isInstanceOf(BadInputException.class)
                    .hasMessageContaining("model.safetensors.index.json: ").hasMessageNotContaining("\n");
        }
    }

    @Test
    void picklesAreRefusedByNameAndNeverFetched() {
        server.model("owner/name").with("config.json", "{}").withLarge("pytorch_model.bin", 10);
        assertThatThrownBy(() -> open().model("owner/name")).isInstanceOf(BadInputException.class)
                .hasMessage("model owner/name has its weights only as pickles (.bin), which can run code and are never"
                        + " opened; take a revision with safetensors (often refs/pr/1), or convert it with"
                        + " save_pretrained");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aRepositoryWithoutConfigurationIsNoModel() {
        server.model("owner/name").withLarge("model.safetensors", 10);
        assertThatThrownBy(() -> open().model("owner/name")).isInstanceOf(BadInputException.class)
                .hasMessage("model owner/name has no config.json, so it is no model for transformers;"
                        + " give the name of one");
    }

    @Test
    void theSecondTimeOnlyTheRevisionIsLookedUp() {
        server.model("owner/name").usable();
        Path first = open().model("owner/name");
        server.forgetRequests();
        assertThat(open().model("owner/name")).isEqualTo(first);
        assertThat(server.requests()).extracting(Object::toString)
                .containsExactly("hub GET /api/models/owner/name/revision/main");
    }

    @Test
    void aNewCommitSharesTheBlobsThatDidNotChange() {
        String next = "89abcdef0123456789abcdef0123456789abcdef";
        FakeRepository model = server.model("owner/name").usable();
        open().model("owner/name");
        model.with("config.json", "{\"model_type\": \"mistral\"}").at("main", next);
        server.forgetRequests();

        Path snapshot = open().model("owner/name");
        assertThat(snapshot).hasFileName(next);
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(model.file("model.safetensors"));
        assertThat(server.requests("store", "GET")).isEmpty();
        assertThat(repository("models--owner--name/refs/main")).hasContent(next);
    }

    @Test
    void revisionsAreBranchesTagsPullRequestsAndCommits() {
        String other = "fedcba9876543210fedcba9876543210fedcba98";
        server.model("owner/name").usable().at("refs/pr/1", other).at("v1.0", other);
        for (String revision : new String[] {"refs/pr/1", "v1.0", other}) {
            assertThat(open().model("owner/name@" + revision)).hasFileName(other);
        }
        assertThat(repository("models--owner--name/refs/refs/pr/1")).hasContent(other);
        assertThat(repository("models--owner--name/refs/" + other)).doesNotExist();
    }

    @Test
    void aRenamedRepositoryIsFollowedWithinTheHub() {
        FakeRepository model = server.model("new/name").usable();
        server.when((exchange, request) -> {
            if (!request.path().contains("old/name")) {
                return false;
            }
            FakeHub.redirect(exchange, request.path().replace("old/name", "new/name"));
            return true;
        });
        assertThat(open("HF_TOKEN=hf_secret").model("old/name").resolve("model.safetensors"))
                .hasBinaryContent(model.file("model.safetensors"));
        assertThat(repository("models--old--name/refs/main")).hasContent(COMMIT);
    }

    @Test
    void aModelWithoutOwnerHasAFolderOfItsOwn() {
        server.model("gpt2").usable();
        assertThat(open().model("gpt2")).isEqualTo(repository("models--gpt2/snapshots/" + COMMIT));
    }

    @Test
    void whereLinksAreUnwantedTheFileItselfLiesInTheSnapshot() throws IOException {
        FakeRepository model = server.model("owner/name").usable();
        Path snapshot = open("HF_HUB_DISABLE_SYMLINKS=yes").model("owner/name");
        assertThat(Files.isSymbolicLink(snapshot.resolve("model.safetensors"))).isFalse();
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(model.file("model.safetensors"));
        assertThat(names(repository("models--owner--name/blobs"))).isEmpty();
        server.forgetRequests();
        assertThat(open().model("owner/name@" + COMMIT)).isEqualTo(snapshot);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void anEmptyFileIsAFile() {
        server.model("owner/name").usable().with("merges.txt", "");
        assertThat(open().model("owner/name").resolve("merges.txt")).isEmptyFile();
    }

    @Test
    void anExistingFolderOfThatNameWins() throws IOException {
        Path folder = Files.createDirectory(cache.resolve("mine"));
        assertThat(open().model(folder.toString())).isEqualTo(folder);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aNameThatCannotBeOneIsRefusedWithoutARequest() {
        assertThatThrownBy(() -> open().model("a/b/c")).isInstanceOf(UsageException.class)
                .hasMessage("'a/b/c' is neither a folder nor the name of a model:"
                        + " give an existing folder, owner/name or owner/name@revision");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void progressIsSilentWhereTheUserWantsNone() {
        server.model("owner/name").usable();
        open("HF_HUB_DISABLE_PROGRESS_BARS=1").model("owner/name");
        assertThat(listener.begun).isEmpty();
    }

    private static java.util.List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
