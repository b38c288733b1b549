package org.wandagpu.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * The process in which text is tokenised: answers the requests of one {@link TokenizerProcess} until its input ends.
 * Whatever the tokenizers library does to this process, the program lives on.
 *
 * <p>A request is a byte that says what to do, a length (4 bytes, high first) and so many bytes; a reply is the same
 * with a byte that says how it went. Texts are UTF-8, ids 4 bytes each, high first.
 *
 * <p>Uses the native interface of DJL's tokenizers directly. DJL's own start looks for CUDA and for the net, logs, and
 * leaves 15 MB in the home folder; its encoding of a text builds objects for each token that nobody reads.
 */
final class TokenizerWorker {

    /** Request: take the tokenizer.json that follows. First of all. */
    static final int OPEN = 1;
    /** Request: the ids of a text, with the special tokens around it. */
    static final int ENCODE = 2;
    /** Request: the ids of a text alone. */
    static final int ENCODE_ORDINARY = 3;
    /** Request: the text of ids, without special tokens. */
    static final int DECODE = 4;

    /** Reply: the result. */
    static final int DONE = 1;
    /** Reply: the tokenizers library refuses the request; its words. */
    static final int REFUSED = 2;
    /** Reply: the tokenizers library cannot be loaded here; the reason. */
    static final int NO_LIBRARY = 3;

    private static final TokenizersLibrary LIBRARY = TokenizersLibrary.LIB;

    private long tokenizer;

    private TokenizerWorker() {
    }

    /** Ends with the input, or with the program: while the library works nobody looks at the input. */
    public static void main(String[] arguments) {
        CompletableFuture<Void> inputEnded =
                CompletableFuture.runAsync(TokenizerWorker::answerAll, Thread.ofPlatform().daemon()::start);
        CompletableFuture<?> programEnded = ProcessHandle.current().parent().orElseThrow().onExit();
        CompletableFuture.anyOf(inputEnded, programEnded).join();
    }

    private static void answerAll() {
        try (DataInputStream requests = new DataInputStream(
                        new BufferedInputStream(new FileInputStream(FileDescriptor.in)));
                DataOutputStream replies = new DataOutputStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)))) {
            TokenizerWorker worker = new TokenizerWorker();
            for (int request = requests.read(); request >= 0; request = requests.read()) {
                worker.answer(request, requests.readNBytes(requests.readInt()), replies);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(int request, byte[] content, DataOutputStream replies) throws IOException {
        try {
            reply(replies, DONE, switch (request) {
                case OPEN -> open(content);
                case ENCODE -> encode(content, true);
                case ENCODE_ORDINARY -> encode(content, false);
                case DECODE -> decode(content);
                default -> throw new IllegalStateException("request " + request);
            });
        } catch (UnsatisfiedLinkError e) {
            reply(replies, NO_LIBRARY, String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException e) { // the native code throws nothing more special
            reply(replies, REFUSED, String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void reply(DataOutputStream replies, int kind, byte[] content) throws IOException {
        replies.write(kind);
        replies.writeInt(content.length);
        replies.write(content);
        replies.flush();
    }

    private byte[] open(byte[] json) throws IOException {
        load();
        tokenizer = LIBRARY.createTokenizerFromString(new String(json, StandardCharsets.UTF_8));
        // what tokenizer.json asks for here serves batches of short texts
        LIBRARY.disablePadding(tokenizer);
        LIBRARY.disableTruncation(tokenizer);
        return new byte[0];
    }

    private byte[] encode(byte[] text, boolean withSpecialTokens) {
        long encoding = LIBRARY.encode(tokenizer, new String(text, StandardCharsets.UTF_8), withSpecialTokens);
        long[] ids = LIBRARY.getTokenIds(encoding);
        LIBRARY.deleteEncoding(encoding);
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Integer.BYTES, ids.length));
        for (long id : ids) {
            bytes.putInt((int) id);
        }
        return bytes.array();
    }

    private byte[] decode(byte[] content) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        long[] ids = new long[content.length / Integer.BYTES];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes.getInt();
        }
        return LIBRARY.decode(tokenizer, ids, true).getBytes(StandardCharsets.UTF_8);
    }

    /** Loads the library from the class path by way of a temporary file, which is deleted at once. */
    private static void load() throws IOException {
        String name = System.mapLibraryName("tokenizers");
        String resource = "native/lib/" + platform() + "/cpu/" + name;
        try (InputStream library = TokenizersLibrary.class.getClassLoader().getResourceAsStream(resource)) {
            if (library == null) {
                throw new UnsatisfiedLinkError("there is none for " + platform());
            }
            Path file = Files.createTempFile("wanda-gpu", name);
            try {
                Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
                System.load(file.toString());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UnsatisfiedLinkError(e.toString());
        }
    }

    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "osx" : "linux";
        return system + (System.getProperty("os.arch").equals("aarch64") ? "-aarch64" : "-x86_64");
    }
}
