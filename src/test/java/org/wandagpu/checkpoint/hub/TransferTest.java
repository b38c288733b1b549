package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wandagpu.failure.WorkFailedException;

/** What can happen to the bytes of one file on their way. */
class TransferTest extends HubTestCase {

    private static final int SIZE = 800_000;
    private static final String FILE = "train.parquet";

    private byte[] content;
    private String hash;

    @BeforeEach
    void offerAFile() {
        content = server.dataset("owner/data").withLarge(FILE, SIZE).file(FILE);
        hash = FakeRepository.sha256(content);
    }

    private Path fetch(String... environment) {
        return open(environment).datasetFile("owner/data", FILE);
    }

    private Path incomplete() {
        return repository("datasets--owner--data/blobs/" + hash + ".incomplete");
    }

    private List<String> ranges() {
        return server.requests("store", "GET").stream().map(seen -> seen.header("Range")).toList();
    }

    @Test
    void aConnectionCutAtEveryEighthGoesOnWhereItEnded() {
        server.when((exchange, request) -> {
            if (request.server().equals("store")) {
                FakeHub.send(exchange, content, SIZE / 8);
            }
            return request.server().equals("store");
        });
        assertThat(fetch()).hasBinaryContent(content);
        assertThat(ranges()).containsExactly(null, "bytes=100000-", "bytes=200000-", "bytes=300000-", "bytes=400000-",
                "bytes=500000-", "bytes=600000-", "bytes=700000-");
        assertThat(pauses.seconds).as("each eighth is progress").containsOnly(1L).hasSize(7);
        assertThat(listener.position()).isEqualTo(SIZE);
    }

    @Test
    void aServerWithoutRangesIsReadFromTheStartAgain() {
        AtomicInteger answers = new AtomicInteger();
        server.when((exchange, request) -> {
            if (!request.server().equals("store")) {
                return false;
            }
            boolean first = answers.getAndIncrement() == 0;
            exchange.sendResponseHeaders(200, SIZE);
            exchange.getResponseBody().write(content, 0, first ? SIZE / 2 : SIZE);
            exchange.getResponseBody().flush();
            return true;
        });
        assertThat(fetch()).hasBinaryContent(content);
        assertThat(ranges()).containsExactly(null, "bytes=400000-");
        assertThat(listener.position()).isEqualTo(SIZE);
    }

    @Test
    void aServerWithoutRangesThatAlwaysCutsIsNotAskedForEver() {
        server.when((exchange, request) -> {
            if (!request.server().equals("store")) {
                return false;
            }
            exchange.sendResponseHeaders(200, SIZE);
            exchange.getResponseBody().write(content, 0, SIZE / 2);
            exchange.getResponseBody().flush();
            return true;
        });
        assertThatThrownBy(this::fetch).isInstanceOf(WorkFailedException.class)
                .hasMessageStartingWith("train.parquet of data set owner/data at revision " + FakeRepository.COMMIT
                        + ": connection to " + server.storeHost() + " broke: ")
                .hasMessageEndingWith("also when tried again (5); check the network and run the same command again");
        assertThat(pauses.seconds).containsExactly(1L, 2L, 4L, 8L, 8L);
        assertThat(incomplete()).hasSize(SIZE / 2);
    }

    @Test
    void whatAnEarlierRunLeftIsNotFetchedAgain() throws IOException {
        Files.createDirectories(incomplete().getParent());
        Files.write(incomplete(), Arrays.copyOf(content, 123_456));
        assertThat(fetch()).hasBinaryContent(content);
        assertThat(ranges()).containsExactly("bytes=123456-");
        assertThat(incomplete()).doesNotExist();
        assertThat(listener.position()).isEqualTo(SIZE);
    }

    @Test
    void aWholeTemporaryFileNeedsItsHashAlone() throws IOException {
        Files.createDirectories(incomplete().getParent());
        Files.write(incomplete(), content);
        assertThat(fetch()).hasBinaryContent(content);
        assertThat(ranges()).isEmpty();
    }

    @Test
    void aDamagedTemporaryFileIsDeletedAndFetchedOnceMore() throws IOException {
        Files.createDirectories(incomplete().getParent());
        Files.write(incomplete(), new byte[1000]);
        assertThat(fetch()).hasBinaryContent(content);
        assertThat(ranges()).containsExactly("bytes=1000-", null);
        assertThat(listener.notices).hasSize(1).first().asString().contains("SHA-256 is ", "expected " + hash);
        assertThat(listener.position()).isEqualTo(SIZE);
    }

    @Test
    void aTemporaryFileThatIsTooLongIsDeleted() throws IOException {
        Files.createDirectories(incomplete().getParent());
        Files.write(incomplete(), new byte[SIZE + 1]);
        assertThat(fetch()).hasBinaryContent(content);
        assertThat(ranges()).containsExactly((String) null);
        assertThat(listener.position()).isEqualTo(SIZE);
    }

    @Test
    void aWrongHashIsTriedTwiceAndLeavesNothing() {
        byte[] other = content.clone();
        other[SIZE - 1] ^= 1;
        replaceContent(other, "application/octet-stream");
        assertThatThrownBy(this::fetch).isInstanceOf(WorkFailedException.class)
                .hasMessage("train.parquet of data set owner/data at revision " + FakeRepository.COMMIT
                        + ": wrong content twice (SHA-256 is " + FakeRepository.sha256(other) + ", expected " + hash
                        + "), deleted; check proxy and HF_ENDPOINT, or try later");
        assertThat(ranges()).hasSize(2);
        assertThat(incomplete()).doesNotExist();
        assertThat(incomplete().resolveSibling(hash)).doesNotExist();
    }

    @Test
    void aWrongSizeIsTriedTwiceAndLeavesNothing() {
        replaceContent(Arrays.copyOf(content, SIZE - 1), "application/octet-stream");
        assertThatThrownBy(this::fetch).isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("wrong content twice (799999 bytes instead of 800000), deleted");
        assertThat(ranges()).hasSize(2);
        assertThat(incomplete()).doesNotExist();
    }

    @Test
    void aWebPageInsteadOfTheFileIsNamed() {
        replaceContent("<html>Please log in</html>".getBytes(StandardCharsets.UTF_8), "text/html; charset=utf-8");
        assertThatThrownBy(this::fetch).isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("wrong content twice (a web page of 26 bytes instead of 800000), deleted");
        assertThat(incomplete()).doesNotExist();
    }

    @Test
    void aBodyWithoutLengthIsCheckedToo() {
        server.when((exchange, request) -> {
            if (!request.server().equals("store")) {
                return false;
            }
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(content, 0, SIZE - 3);
            exchange.getResponseBody().close();
            return true;
        });
        assertThatThrownBy(this::fetch).isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("wrong content twice (799997 bytes instead of 800000), deleted");
    }

    @Test
    void aSmallFileIsCheckedByItsGitHash() {
        server.dataset("owner/data").with("README.md", "# data");
        server.when((exchange, request) -> {
            boolean wanted = request.method().equals("GET") && request.path().endsWith("README.md");
            if (wanted) {
                FakeHub.send(exchange, "# date".getBytes(StandardCharsets.UTF_8));
            }
            return wanted;
        });
        assertThatThrownBy(() -> open().datasetFile("owner/data", "README.md")).isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("git SHA-1 is ")
                .hasMessageContaining("expected " + FakeRepository.gitSha1("# data".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aConnectionOnWhichNothingArrivesIsGivenUpAndTakenUpAgain() {
        CountDownLatch over = new CountDownLatch(1);
        AtomicInteger answers = new AtomicInteger();
        server.when((exchange, request) -> {
            if (!request.server().equals("store") || answers.getAndIncrement() > 0) {
                return false;
            }
            FakeHub.send(exchange, content, SIZE / 4);
            awaitQuietly(over);
            return true;
        });
        assertThat(fetch("HF_HUB_DOWNLOAD_TIMEOUT=0.3")).hasBinaryContent(content);
        over.countDown();
        assertThat(ranges()).containsExactly(null, "bytes=200000-");
        assertThat(listener.notices).hasSize(1).first().asString().contains("nothing arrived for 0.3 s");
    }

    @Test
    void anAddressWhoseSignatureRanOutIsAskedForAnew() {
        AtomicInteger answers = new AtomicInteger();
        server.when((exchange, request) -> request.server().equals("store") && answers.getAndIncrement() == 0
                && FakeHub.refuse(exchange, 403, ""));
        assertThat(fetch()).hasBinaryContent(content);
        assertThat(server.requests("hub", "GET")).hasSize(1);
        assertThat(listener.notices).hasSize(1).first().asString().doesNotContain("sealed");
    }

    @Test
    void aFullDiskEndsTheRunAndRoomLetsItGoOn() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "needs a device that is always full");
        Files.createDirectories(incomplete().getParent());
        Files.createSymbolicLink(incomplete(), full);
        assertThatThrownBy(this::fetch).isInstanceOf(WorkFailedException.class)
                .hasMessageStartingWith(incomplete() + ": cannot be written (No space left on device); make room")
                .hasMessageNotContaining("\n");
        assertThat(incomplete().resolveSibling(hash)).doesNotExist();
        assertThat(pauses.seconds).isEmpty();

        Files.delete(incomplete());
        assertThat(fetch()).hasBinaryContent(content);
    }

    @Test
    void aShortenedBlobIsFetchedAgainWhereACommitNeedsIt() throws IOException {
        Path blob = repository("datasets--owner--data/blobs/" + hash);
        Files.createDirectories(blob.getParent());
        Files.write(blob, Arrays.copyOf(content, 10));
        assertThat(fetch()).hasBinaryContent(content);
    }

    private void replaceContent(byte[] other, String type) {
        server.when((exchange, request) -> {
            if (request.server().equals("store")) {
                exchange.getResponseHeaders().set("Content-Type", type);
                FakeHub.send(exchange, other);
            }
            return request.server().equals("store");
        });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
