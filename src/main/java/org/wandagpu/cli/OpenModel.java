package org.wandagpu.cli;

import java.util.OptionalInt;
import java.util.function.Supplier;
import org.wandagpu.checkpoint.Checkpoint;
import org.wandagpu.checkpoint.SourceFault;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.result.RunResult;
import org.wandagpu.text.Tokenizer;

/**
 * A model that a command works on. Owns its checkpoint.
 *
 * @param name as given on the command line
 * @param checkpoint its files
 * @param decoder what they hold
 */
record OpenModel(String name, Checkpoint checkpoint, DecoderModel decoder) implements AutoCloseable {

    private static final int DEFAULT_SEQLEN = 2048;

    /** Opens the tokenizer in the model's folder and checks that all its ids have a row in the embedding. */
    Tokenizer tokenizer() {
        Tokenizer tokenizer = Tokenizer.open(checkpoint.folder());
        if (tokenizer.vocabularySize() > decoder.spec().vocabSize()) {
            int size = tokenizer.vocabularySize();
            tokenizer.close();
            throw new BadInputException(checkpoint.folder().resolve("tokenizer.json") + ": has ids up to " + (size - 1)
                    + " but the embedding of the model has " + decoder.spec().vocabSize()
                    + " rows; take the tokenizer of this model");
        }
        return tokenizer;
    }

    /** The id that begins a text: config.json's, where it is one of the vocabulary. */
    OptionalInt firstToken() {
        int id = checkpoint.config().path("bos_token_id").asInt(-1);
        return id >= 0 && id < decoder.spec().vocabSize() ? OptionalInt.of(id) : OptionalInt.empty();
    }

    /**
     * The sequence length to use.
     *
     * @param asked what the user asked for, 0 = what the model was made for, at most 2048
     */
    int seqlen(int asked) {
        if (asked == 0) {
            return Math.min(decoder.spec().maxPositions(), DEFAULT_SEQLEN);
        }
        if (asked > decoder.spec().positionLimit()) {
            throw new BadInputException("--seqlen " + asked + ": the model " + name + " has "
                    + decoder.spec().positionLimit() + " positions; give at most that");
        }
        return asked;
    }

    /** Runs work that reads the model's files; says which of them was changed under it, if one was. */
    <T> T use(Supplier<T> work) {
        try {
            return work.get();
        } catch (InternalError e) {
            throw SourceFault.translate(e, checkpoint);
        }
    }

    /** What a result file says of the model. */
    RunResult.Model describe(String sha256) {
        return new RunResult.Model(name, decoder.spec().family(), checkpoint.parameters(), sha256);
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
