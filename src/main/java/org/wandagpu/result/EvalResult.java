package org.wandagpu.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What {@code eval} measured.
 *
 * @param perplexity absent if it is not a finite number
 * @param reason why there is no perplexity, else absent
 * @param windows number of evaluation windows
 * @param tokens tokens of these windows
 * @param seqlen tokens of a window
 * @param windowLosses mean loss of each window
 * @param text what was read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EvalResult(Double perplexity, String reason, int windows, long tokens, int seqlen,
        List<Double> windowLosses, Text text) implements CommandResult {

    /**
     * The text of an evaluation.
     *
     * @param source name or file
     * @param sha256 hash of the text as UTF-8, or of the ids file
     */
    public record Text(String source, String sha256) {
    }
}
