package org.wandagpu.result;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What {@code generate} wrote.
 *
 * @param promptIds token ids of the prompt
 * @param ids new token ids
 * @param text new text, absent where the prompt was given as ids and there is no tokenizer
 * @param tokensPerSecond new tokens a second, the prompt's prefill included
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GenerateResult(int[] promptIds, int[] ids, String text, double tokensPerSecond) implements CommandResult {
}
