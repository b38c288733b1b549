package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A second process wants the same file, or the first one is killed. */
@Timeout(60)
class TwoProcessesTest extends HubTestCase {

    private static final int SIZE = 1_000_000;
    private static final String FILE = "large.bin";

    private final CountDownLatch goOn = new CountDownLatch(1);
    private byte[] content;
    private Path incomplete;

    /** The run of a child process: {@code ENDPOINT CACHE}. */
    public static void main(String[] arguments) {
        Hub.open(java.util.Map.of("HF_ENDPOINT", arguments[0], "HF_HUB_CACHE", arguments[1], "HF_HOME", arguments[1]),
                DownloadListener.NONE).datasetFile("owner/data", FILE);
    }

    /** The first answer stops half-way until the test lets it go on. */
    @BeforeEach
    void offerAFileSlowly() {
        content = server.dataset("owner/data").withLarge(FILE, SIZE).file(FILE);
        incomplete = repository("datasets--owner--data/blobs/" + FakeRepository.sha256(content) + ".incomplete");
        AtomicInteger answers = new AtomicInteger();
        server.when((exchange, request) -> {
            if (!request.server().equals("store") || answers.getAndIncrement() > 0) {
                return false;
            }
            exchange.sendResponseHeaders(200, SIZE);
            exchange.getResponseBody().write(content, 0, SIZE / 2);
            exchange.getResponseBody().flush();
            awaitQuietly();
            exchange.getResponseBody().write(content, SIZE / 2, SIZE - SIZE / 2);
            return true;
        });
    }

    @AfterEach
    void letTheServerEnd() {
        goOn.countDown();
    }

    private void awaitQuietly() {
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process startChild() throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), TwoProcessesTest.class.getName(), "http://" + server.host(),
                cache.toString()).inheritIO().start();
    }

    private void awaitHalfAFile() throws IOException, InterruptedException {
        while (!Files.exists(incomplete) || Files.size(incomplete) < SIZE / 2) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void aKilledDownloadGoesOnWhereItEnded() throws Exception {
        Process child = startChild();
        awaitHalfAFile();
        child.destroyForcibly().waitFor();
        assertThat(incomplete).hasSize(SIZE / 2);

        assertThat(open().datasetFile("owner/data", FILE)).hasBinaryContent(content);
        assertThat(server.requests("store", "GET").getLast().header("Range")).isEqualTo("bytes=500000-");
        assertThat(incomplete).doesNotExist();
    }

    @Test
    void aFileThatAnotherProcessFetchesIsWaitedFor() throws Exception {
        Process child = startChild();
        awaitHalfAFile();
        assertTheSecondWaits();
        assertThat(child.waitFor()).isZero();
    }

    @Test
    void aFileThatAnotherThreadFetchesIsWaitedFor() throws Exception {
        CompletableFuture<Path> first = CompletableFuture.supplyAsync(() -> Hub.open(server.environment(cache),
                DownloadListener.NONE).datasetFile("owner/data", FILE), Thread::startVirtualThread);
        awaitHalfAFile();
        assertTheSecondWaits();
        assertThat(first.get()).hasBinaryContent(content);
    }

    private void assertTheSecondWaits() throws Exception {
        CompletableFuture<Path> second = CompletableFuture.supplyAsync(() -> open().datasetFile("owner/data", FILE),
                Thread::startVirtualThread);
        while (listener.notices.isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(listener.notices).containsExactly(
                "large.bin of data set owner/data: another process is fetching it; waiting");
        goOn.countDown();
        assertThat(second.get()).hasBinaryContent(content);
        assertThat(server.requests("store", "GET")).as("fetched once").hasSize(1);
    }
}
