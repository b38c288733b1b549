package org.wandagpu.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.InterruptedWorkException;
import org.wandagpu.failure.WorkFailedException;

/**
 * A tokenizer in a process of its own. The tokenizers library runs whatever regular expressions a tokenizer.json
 * brings, and aborts its process where one fails or where parts of the file do not fit each other; a process can also
 * be ended when it takes too long, and gives back all its memory. It costs about 0.2 s, no more than loading the
 * library here would.
 *
 * <p>Not for use by several threads.
 */
final class TokenizerProcess implements AutoCloseable {

    private static final int SECONDS_FOR_A_MEBIBYTE = 10;
    private static final int COMPLAINT_KEPT = 1 << 16;
    private static final int SECONDS_TO_DIE = 5;
    /** Exit code after Ctrl-C, which a terminal sends to this process and the program alike. */
    private static final int INTERRUPTED = 130;
    private static final int KILLED = 137;

    private final String where;
    private final Duration patience;
    private final Process process;
    private final DataOutputStream requests;
    private final DataInputStream replies;
    private final CompletableFuture<String> complaint;
    private boolean closed;

    private TokenizerProcess(String where, Duration patience, Process process) {
        this.where = where;
        this.patience = patience;
        this.process = process;
        this.requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
        this.replies = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
        this.complaint = collect(process.getErrorStream());
    }

    /**
     * Starts a process and gives it a tokenizer.
     *
     * @param where the tokenizer.json, for messages
     * @param patience how long a request may take, besides 10 s for each MiB of text
     * @throws BadInputException if the library refuses the file
     * @throws WorkFailedException if the process or the library cannot be started
     */
    static TokenizerProcess open(String where, byte[] json, Duration patience) {
        TokenizerProcess opened = new TokenizerProcess(where, patience, start());
        try {
            opened.call(TokenizerWorker.OPEN, json);
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static Process start() {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp", locationOf(TokenizerWorker.class) + File.pathSeparator + locationOf(TokenizersLibrary.class),
                TokenizerWorker.class.getName());
        // options for the program, a debugger's port for instance, are not for this process too
        builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
        builder.environment().put("RUST_BACKTRACE", "0");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new WorkFailedException("the process that tokenises cannot be started: " + Reason.of(e), e);
        }
    }

    private static Path locationOf(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    /** Reads what the process writes to its standard error, so that it never waits for a reader. */
    private static CompletableFuture<String> collect(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().name("tokenizer-complaint").start(() -> {
            try (stream) {
                byte[] beginning = stream.readNBytes(COMPLAINT_KEPT);
                stream.transferTo(OutputStream.nullOutputStream());
                text.complete(new String(beginning, StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.complete("");
            }
        });
        return text;
    }

    /**
     * Sends a request and waits for its result.
     *
     * @param request one of {@link TokenizerWorker}'s
     * @throws BadInputException if the library refuses it or crashes
     * @throws WorkFailedException if it takes too long, or if the process ends for another reason
     * @throws InterruptedWorkException if the user interrupted it
     * @throws IllegalStateException after {@link #close}
     */
    byte[] call(int request, byte[] content) {
        if (closed) {
            throw new IllegalStateException(where + ": its tokenizer is closed");
        }
        Duration limit = patience.plusSeconds((long) SECONDS_FOR_A_MEBIBYTE * (content.length >> 20));
        AtomicBoolean late = new AtomicBoolean();
        CompletableFuture<Void> watchdog = CompletableFuture.runAsync(() -> {
            late.set(true);
            process.destroyForcibly();
        }, CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
        try {
            requests.write(request);
            requests.writeInt(content.length);
            requests.write(content);
            requests.flush();
            int kind = replies.readUnsignedByte();
            byte[] reply = new byte[replies.readInt()];
            replies.readFully(reply);
            return result(kind, reply);
        } catch (IOException e) {
            throw late.get() ? tookTooLong(limit, content.length) : ended(content.length, e);
        } finally {
            watchdog.cancel(false);
        }
    }

    private byte[] result(int kind, byte[] reply) {
        if (kind == TokenizerWorker.DONE) {
            return reply;
        }
        String reason = Reason.of(new String(reply, StandardCharsets.UTF_8));
        throw kind == TokenizerWorker.REFUSED
                ? new BadInputException(where + ": the tokenizers library refuses it: " + reason
                        + "; save the tokenizer again with a current transformers")
                : new WorkFailedException("the tokenizers library cannot be loaded: " + reason + "; it needs Linux "
                        + "with glibc 2.34 or macOS on ARM, and a temporary folder whose files may be executed "
                        + "(JDK_JAVA_OPTIONS=-Djava.io.tmpdir=FOLDER names another)");
    }

    private WorkFailedException tookTooLong(Duration limit, int bytes) {
        return new WorkFailedException(where + ": tokenising " + bytes + " bytes took more than " + limit.toSeconds()
                + " s and was ended; a regular expression in it may run endlessly on this text: use another tokenizer "
                + "or text, or token ids from a file");
    }

    /** What to report when the process is gone: the library's own last words, if it had any. */
    private RuntimeException ended(int bytes, IOException cause) {
        String words = complaint.completeOnTimeout("", SECONDS_TO_DIE, TimeUnit.SECONDS).join();
        int panic = words.indexOf("panicked at");
        if (panic >= 0) {
            return new BadInputException(where + ": the tokenizers library crashed on " + bytes + " bytes: "
                    + Reason.of(words.substring(words.indexOf('\n', panic) + 1))
                    + "; the file is damaged, or a regular expression in it does not bear this text", cause);
        }
        Process gone = process.onExit().completeOnTimeout(null, SECONDS_TO_DIE, TimeUnit.SECONDS).join();
        int status = gone == null ? -1 : gone.exitValue();
        if (status == INTERRUPTED) {
            return new InterruptedWorkException("interrupted while tokenising", cause);
        }
        return new WorkFailedException(where + ": the process that tokenises "
                + (status == KILLED ? "was killed, perhaps for its memory" : "ended with exit code " + status) + ": "
                + Reason.of(words) + "; free memory or give a shorter text", cause);
    }

    /** Ends the process; may be called again. */
    @Override
    public void close() {
        closed = true;
        process.destroyForcibly().onExit().join();
        try (requests; replies) {
            complaint.join();
        } catch (IOException e) {
            // the process is gone, and with it whatever its pipes still held
        }
    }
}
