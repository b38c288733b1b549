package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.wandagpu.failure.InterruptedWorkException;

/**
 * A response body that gives up when nothing arrives for a while. HttpClient's own timeout ends with the headers, or
 * in later JDKs spans the whole body: neither fits a long download.
 */
final class TimedBody extends InputStream implements HttpResponse.BodySubscriber<TimedBody> {

    private static final List<ByteBuffer> END = List.of();

    private final Duration patience;
    private final BlockingQueue<List<ByteBuffer>> arrivals = new LinkedBlockingQueue<>();
    private final CompletableFuture<TimedBody> ready = new CompletableFuture<>();
    private volatile Flow.Subscription subscription;
    private volatile Throwable failure;
    private Iterator<ByteBuffer> arrived = Collections.emptyIterator();
    private ByteBuffer current = ByteBuffer.allocate(0);
    private boolean ended;

    TimedBody(Duration patience) {
        this.patience = patience;
    }

    @Override
    public CompletionStage<TimedBody> getBody() {
        return ready;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        ready.complete(this);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        arrivals.add(buffers);
    }

    @Override
    public void onError(Throwable cause) {
        failure = cause;
        arrivals.add(END);
    }

    @Override
    public void onComplete() {
        arrivals.add(END);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (length > 0 && !current.hasRemaining()) {
            if (arrived.hasNext()) {
                current = arrived.next();
            } else if (!awaitMore()) {
                return -1;
            }
        }
        int count = Math.min(length, current.remaining());
        current.get(target, offset, count);
        return count;
    }

    private boolean awaitMore() throws IOException {
        if (ended) {
            return false;
        }
        subscription.request(1);
        List<ByteBuffer> next;
        try {
            next = arrivals.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedWorkException("download interrupted; the same command goes on from here", e);
        }
        if (next == null) {
            throw new HttpTimeoutException("nothing arrived for " + patience.toMillis() / 1000.0 + " s");
        }
        ended = next == END;
        if (ended && failure != null) {
            throw failure instanceof IOException io ? io : new IOException(failure);
        }
        arrived = next.iterator();
        return !ended;
    }

    /** Lets go of the connection. */
    @Override
    public void close() {
        subscription.cancel();
    }
}
