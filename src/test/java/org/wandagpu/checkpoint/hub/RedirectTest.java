package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.wandagpu.failure.WorkFailedException;

/** Where requests lead, and who sees the token. */
class RedirectTest extends HubTestCase {

    @Test
    void theTokenGoesToTheHubAlone() {
        FakeRepository model = server.model("owner/name").usable();
        assertThat(open("HF_TOKEN=hf_secret").model("owner/name").resolve("model.safetensors"))
                .hasBinaryContent(model.file("model.safetensors"));
        assertThat(server.requests()).filteredOn(seen -> seen.server().equals("hub")).isNotEmpty()
                .allMatch(seen -> seen.header("Authorization").equals("Bearer hf_secret"));
        assertThat(server.requests()).filteredOn(seen -> seen.server().equals("store")).isNotEmpty()
                .allMatch(seen -> seen.header("Authorization") == null);
    }

    @Test
    void aListThatRedirectsToAnotherHostCarriesNoToken() {
        server.when((exchange, request) -> {
            if (request.server().equals("store")) {
                FakeHub.send(exchange, server.model("owner/name").with("config.json", "{}")
                        .listing(FakeRepository.COMMIT).getBytes());
            } else {
                FakeHub.redirect(exchange, "http://" + server.storeHost() + "/elsewhere");
            }
            return true;
        });
        assertThatThrownBy(() -> open("HF_TOKEN=hf_secret").model("owner/name"));
        assertThat(server.requests("store", "GET")).hasSize(1).first()
                .matches(seen -> seen.header("Authorization") == null);
    }

    @Test
    void theHeadOfAFileDoesNotFollowToTheStore() {
        server.model("owner/name").usable();
        open().model("owner/name");
        assertThat(server.requests("store", "HEAD")).isEmpty();
        assertThat(server.requests("store", "GET")).hasSize(1);
        assertThat(server.requests("hub", "HEAD")).isNotEmpty()
                .allMatch(seen -> seen.header("Accept-Encoding").equals("identity"));
    }

    @Test
    void aStoreOnTheHubsOwnHostIsStillAStore() {
        FakeRepository model = server.model("owner/name").usable();
        byte[] weights = model.file("model.safetensors");
        server.when((exchange, request) -> {
            if (request.path().equals("/store")) {
                FakeHub.send(exchange, weights);
            } else if (request.method().equals("HEAD") && request.path().endsWith("model.safetensors")) {
                FakeHub.refuse(exchange, 302, "", "Location: http://" + server.host() + "/store",
                        "X-Repo-Commit: " + FakeRepository.COMMIT, "X-Linked-Size: " + weights.length,
                        "X-Linked-Etag: " + FakeRepository.sha256(weights), "ETag: x");
            } else {
                return false;
            }
            return true;
        });
        assertThat(open().model("owner/name").resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(server.requests("hub", "HEAD")).noneMatch(seen -> seen.path().equals("/store"));
    }

    @Test
    void anAbsoluteRedirectWithinTheHubIsFollowed() {
        server.dataset("new/data").with("a.txt", "a");
        server.when((exchange, request) -> {
            if (request.path().contains("old/data")) {
                FakeHub.redirect(exchange, "http://" + server.host() + request.path().replace("old", "new"));
            }
            return request.path().contains("old/data");
        });
        assertThat(open().datasetFile("old/data", "a.txt")).hasContent("a");
    }

    @Test
    void aCircleOfRedirectsEnds() {
        server.when((exchange, request) -> {
            FakeHub.redirect(exchange, request.path());
            return true;
        });
        assertThatThrownBy(() -> open().model("owner/name")).isInstanceOf(WorkFailedException.class)
                .hasMessage(server.host() + ": more than 10 redirects from /api/models/owner/name/revision/main;"
                        + " try later, or correct HF_ENDPOINT");
        assertThat(server.requests()).hasSize(11);
        assertThatThrownBy(() -> open().datasetFile("owner/data", "a.txt")).isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("more than 10 redirects");
    }

    @Test
    void aRedirectToAnythingButTheWebIsRefused() {
        for (String location : new String[] {"file:///etc/passwd", "ftp://host/x", "http://a b/?Signature=sealed"}) {
            server.when((exchange, request) -> {
                FakeHub.redirect(exchange, location);
                return true;
            });
            assertThatThrownBy(() -> open().model("owner/name")).isInstanceOf(WorkFailedException.class)
                    .hasMessage(server.host()
                            + ": redirects to what is no web address; try later, or correct HF_ENDPOINT");
        }
    }

    @Test
    void aFileWhoseHeadLeavesTheHubWithoutACommitIsNoHubs() {
        server.when((exchange, request) -> {
            FakeHub.redirect(exchange, "http://" + server.storeHost() + "/login");
            return true;
        });
        assertThatThrownBy(() -> open().datasetFile("owner/data", "a.txt")).isInstanceOf(WorkFailedException.class)
                .hasMessage(server.host() + ": answers without a commit hash but with a redirect to "
                        + server.storeHost() + ", so it is no hub; check the network and HF_ENDPOINT");
    }

    @Test
    void namesAreEncodedInAddresses() {
        server.dataset("owner/data").with("a b/c+d%.txt", "x");
        assertThat(open().datasetFile("owner/data", "a b/c+d%.txt")).hasContent("x");
        assertThat(server.requests("hub", "HEAD")).hasSize(1).first().hasToString(
                "hub HEAD /datasets/owner/data/resolve/main/a%20b/c%2Bd%25.txt");
    }
}
