package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelCardTest {

    private static String card(Map<String, ?> provenance) {
        return ModelCard.of(new ObjectMapper().valueToTree(provenance));
    }

    @Test
    void hostileTextsAreQuotedInYamlAndEscapedInMarkdown() {
        String card = card(Map.of(
                "model", "<script>alert(1)</script>\n# [x](javascript:1)\u202e",
                "method", "wanda\"\n- evil: true", "pattern", "a`b"));
        assertThat(card).doesNotContain("base_model", "<script", "\n- evil", "\u202e");
        assertThat(card).contains("- \"wanda\\\"\\\\u000a- evil: true\"\n", "\n- \"a`b\"\n",
                "\n# &lt;script&gt;alert\\(1\\)&lt;/script&gt;\\\\u000a\\# \\[x\\]"
                        + "\\(javascript:1\\)\\\\u202e, pruned\n",
                "pattern a\\`b.");
    }

    @Test
    void whatIsUnknownIsLeftOut() {
        assertThat(card(Map.of())).isEqualTo("""
                ---
                library_name: transformers
                tags:
                - wanda-gpu
                - pruned
                ---

                # A pruned model

                Pruned with wanda-gpu. The weights are stored densely, with exact zeros where they were pruned; \
                `wanda-gpu.json` says how it was done.
                """);
    }
}
