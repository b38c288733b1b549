package org.wandagpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Tokens with a role in a text. Ids that are not numbers inside the vocabulary are left out, since files carry −1 and
 * ids of tokens that were never added.
 *
 * @param first the token that begins a text, if the model has one
 * @param ends the tokens that end one, in the file's order
 */
public record SpecialTokens(OptionalInt first, Set<Integer> ends) {

    /** @param config config.json or generation_config.json: {@code bos_token_id}, and one or several ends */
    public static SpecialTokens read(JsonNode config, int vocabSize) {
        JsonNode eos = config.path("eos_token_id");
        Set<Integer> ends = new LinkedHashSet<>();
        for (JsonNode id : eos.isArray() ? eos : Set.of(eos)) {
            token(id, vocabSize).ifPresent(ends::add);
        }
        return new SpecialTokens(token(config.path("bos_token_id"), vocabSize), ends);
    }

    private static OptionalInt token(JsonNode id, int vocabSize) {
        boolean inside = id.isIntegralNumber() && id.canConvertToInt()
                && id.intValue() >= 0 && id.intValue() < vocabSize;
        return inside ? OptionalInt.of(id.intValue()) : OptionalInt.empty();
    }
}
