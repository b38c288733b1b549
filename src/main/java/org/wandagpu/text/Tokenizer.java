package org.wandagpu.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A Hugging Face tokenizer, run by the Hugging Face tokenizers library: the same ids as in Python. Its tokenizer.json
 * decides alone; nothing is padded or cut off, whatever that file says about it.
 *
 * <p>The work is done in a process of its own, which ends with {@link #close} and gives back its memory. Not for use by
 * several threads.
 */
public final class Tokenizer implements AutoCloseable {

    /** How long any text may take, besides the time granted for its length; a megabyte takes a second or two. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final TokenizerProcess process;
    private final int vocabularySize;
    private final Integer beginId;
    private final Integer endId;

    private Tokenizer(TokenizerProcess process, TokenizerFile file) {
        this.process = process;
        this.vocabularySize = file.vocabularySize();
        this.beginId = file.beginId();
        this.endId = file.endId();
    }

    /**
     * Opens the tokenizer of a model.
     *
     * @param modelFolder folder with tokenizer.json and, if it is to know begin and end, tokenizer_config.json or
     *     special_tokens_map.json; may lie in any file system, a zip file for instance
     * @throws org.wandagpu.failure.BadInputException if tokenizer.json is missing, broken, or gives two tokens one id
     * @throws org.wandagpu.failure.WorkFailedException if a file cannot be read, or the tokenizers library not loaded
     */
    public static Tokenizer open(Path modelFolder) {
        return open(modelFolder, PATIENCE);
    }

    static Tokenizer open(Path modelFolder, Duration patience) {
        TokenizerFile file = TokenizerFile.read(modelFolder);
        return new Tokenizer(TokenizerProcess.open(file.where(), file.json(), patience), file);
    }

    /**
     * The ids of a whole text, with the special tokens that tokenizer.json puts around it.
     *
     * @param text any text; surrogates without a partner count as U+FFFD
     * @throws org.wandagpu.failure.BadInputException if the tokenizers library crashes on it
     * @throws org.wandagpu.failure.WorkFailedException if it takes more than 15 s and 10 s for each MiB
     */
    public int[] encode(String text) {
        return ids(process.call(TokenizerWorker.ENCODE, Utf8.encode(text)));
    }

    /** The ids of a text without the special tokens around it; fails as {@link #encode} does. */
    public int[] encodeOrdinary(String text) {
        return ids(process.call(TokenizerWorker.ENCODE_ORDINARY, Utf8.encode(text)));
    }

    private static int[] ids(byte[] bytes) {
        int[] ids = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).asIntBuffer().get(ids);
        return ids;
    }

    /** The text of ids; special tokens and ids that are in no vocabulary are left out. */
    public String decode(int[] ids) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Integer.BYTES, ids.length));
        bytes.asIntBuffer().put(ids);
        return new String(process.call(TokenizerWorker.DECODE, bytes.array()), StandardCharsets.UTF_8);
    }

    /** The highest id + 1, added tokens included. */
    public int vocabularySize() {
        return vocabularySize;
    }

    /** The id of the token that begins a text, or null if the files name none. */
    public Integer beginId() {
        return beginId;
    }

    /** The id of the token that ends a text, or null if the files name none. */
    public Integer endId() {
        return endId;
    }

    /** Ends the tokenizer's process; may be called again. */
    @Override
    public void close() {
        process.close();
    }
}
