package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;

/** Each way the hub can say no, or not now. */
class RefusalTest extends HubTestCase {

    private AbstractThrowableAssert<?, ? extends Throwable> model(String id, String... environment) {
        return assertThatThrownBy(() -> open(environment).model(id)).hasMessageNotContaining("\n");
    }

    private void refuseEverything(int status, String code, String... headers) {
        server.when((exchange, request) -> FakeHub.refuse(exchange, status, code, headers));
    }

    @Test
    void aRepositoryThatDoesNotExistIsNamed() {
        model("owner/nane").isInstanceOf(BadInputException.class).hasMessage("model owner/nane does not exist at "
                + server.host() + ", or is private; check the name, or set HF_TOKEN to a token that may read it");
        assertThat(server.requests()).hasSize(1);
        assertThat(repository("models--owner--nane")).doesNotExist();
    }

    @Test
    void statusUnauthorizedWithoutATokenMeansPrivateOrMissing() {
        refuseEverything(401, "");
        model("owner/name").isInstanceOf(BadInputException.class).hasMessageStartingWith("model owner/name does not"
                + " exist at " + server.host() + ", or is private");
    }

    @Test
    void statusUnauthorizedWithATokenMeansABadTokenAndDoesNotShowIt() {
        refuseEverything(401, "", "X-Error-Message: Invalid credentials in Authorization header");
        model("owner/name", "HF_TOKEN=hf_secret").isInstanceOf(BadInputException.class)
                .hasMessage(server.host() + " refuses the token of HF_TOKEN (Invalid credentials in Authorization"
                        + " header); make a new one in the account's settings");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aGatedRepositoryNamesThePageOfItsLicence(int status) {
        server.model("owner/name").usable();
        server.when((exchange, request) -> request.path().contains("/resolve/")
                && FakeHub.refuse(exchange, status, "GatedRepo"));
        model("owner/name").isInstanceOf(BadInputException.class).hasMessage("model owner/name at revision "
                + FakeRepository.COMMIT + " is gated: accept its licence at http://" + server.host()
                + "/owner/name and set HF_TOKEN to a token of that account");
        model("owner/name", "HF_TOKEN=hf_secret").hasMessageEndingWith("accept its licence at http://" + server.host()
                + "/owner/name with the account of the token of HF_TOKEN");
    }

    @Test
    void aForbiddenRepositoryTellsTheHubsReason() {
        refuseEverything(403, "", "X-Error-Message: Access to this resource is disabled.");
        model("owner/name").isInstanceOf(BadInputException.class).hasMessage(server.host()
                + " forbids access to model owner/name (Access to this resource is disabled.);"
                + " set HF_TOKEN to a token that may read it");
    }

    @Test
    void aRevisionThatDoesNotExistIsNamed() {
        server.model("owner/name").usable();
        model("owner/name@v2").isInstanceOf(BadInputException.class).hasMessage("model owner/name has no revision v2"
                + " at " + server.host() + "; give a branch, a tag or a full commit hash behind the @");
    }

    @Test
    void aFileThatDoesNotExistIsNamedAndRemembered() {
        server.dataset("owner/data").with("a.txt", "a");
        assertThatThrownBy(() -> open().datasetFile("owner/data", "b.txt")).isInstanceOf(BadInputException.class)
                .hasMessage("data set owner/data has no file b.txt; check name and revision");
        assertThat(repository("datasets--owner--data/.no_exist/" + FakeRepository.COMMIT + "/b.txt")).isEmptyFile();

        server.forgetRequests();
        assertThatThrownBy(() -> open().datasetFile("owner/data@" + FakeRepository.COMMIT, "b.txt"))
                .isInstanceOf(BadInputException.class).hasMessageContaining("has no file b.txt");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void anUnknownRefusalIsToldByItsStatus() {
        refuseEverything(418, "");
        model("owner/name").isInstanceOf(WorkFailedException.class).hasMessage(server.host()
                + " answers with status 418 for model owner/name; try later, or correct HF_ENDPOINT");
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void whatMayPassIsTriedAgainWithLongerWaits(int status) {
        server.model("owner/name").usable();
        AtomicInteger requests = new AtomicInteger();
        server.when((exchange, request) -> requests.getAndIncrement() < 3 && FakeHub.refuse(exchange, status, ""));
        assertThat(open().model("owner/name").resolve("config.json")).exists();
        assertThat(pauses.seconds).containsExactly(1L, 2L, 4L);
        assertThat(listener.notices).first().isEqualTo("list of files of model owner/name: " + server.host()
                + " answers with status " + status + "; trying again in 1 s");
    }

    @Test
    void whatDoesNotPassEndsTheRun() {
        refuseEverything(503, "");
        model("owner/name").isInstanceOf(WorkFailedException.class).hasMessage("list of files of model owner/name: "
                + server.host() + " answers with status 503, also when tried again (5); check the network and run the"
                + " same command again");
        assertThat(server.requests()).hasSize(6);
    }

    @Test
    void retryAfterIsObeyed() {
        server.model("owner/name").usable();
        AtomicInteger requests = new AtomicInteger();
        server.when((exchange, request) -> requests.getAndIncrement() == 0
                && FakeHub.refuse(exchange, 429, "", "Retry-After: 42"));
        open().model("owner/name");
        assertThat(pauses.seconds).containsExactly(42L);
    }

    @Test
    void aWebPageInsteadOfTheListIsNoHub() {
        server.when((exchange, request) -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            FakeHub.send(exchange, "<html>Log in</html>".getBytes(StandardCharsets.UTF_8));
            return true;
        });
        model("owner/name").isInstanceOf(WorkFailedException.class).hasMessage(server.host() + ": answers without a"
                + " list of files but with a web page, as a network's login page, so it is no hub;"
                + " check the network and HF_ENDPOINT");
        assertThatThrownBy(() -> open().datasetFile("owner/data", "a")).isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("answers without a commit hash but with a web page");
    }

    @Test
    void anEtagThatIsNoFileNameIsRefused() {
        server.when((exchange, request) -> FakeHub.refuse(exchange, 200, "", "X-Repo-Commit: " + FakeRepository.COMMIT,
                "ETag: \"../../x\""));
        assertThatThrownBy(() -> open().datasetFile("owner/data", "a")).isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("answers without an ETag");
    }

    @Test
    void aHubThatAnswersTooLateIsNamed() {
        CountDownLatch over = new CountDownLatch(1);
        server.when((exchange, request) -> {
            try {
                return over.await(10, java.util.concurrent.TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                return true;
            }
        });
        long begin = System.nanoTime();
        model("owner/name", "HF_HUB_ETAG_TIMEOUT=0.2").isInstanceOf(WorkFailedException.class)
                .hasMessage("list of files of model owner/name: " + server.host() + " cannot be reached: no answer"
                        + " within 0.2 s, also when tried again (1); check the network and run the same command again");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        over.countDown();
    }

    @Test
    void aHostThatIsNotThereIsNamedAfterOneMoreTry() {
        server.close();
        model("owner/name").isInstanceOf(WorkFailedException.class).hasMessageStartingWith("list of files of model"
                + " owner/name: " + server.host() + " cannot be reached: ")
                .hasMessageEndingWith(", also when tried again (1); check the network and run the same command again");
        model("owner/name", "HF_ENDPOINT=http://host.invalid").isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("host.invalid cannot be reached: no such host");
    }
}
