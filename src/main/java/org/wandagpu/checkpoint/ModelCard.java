package org.wandagpu.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * The README.md of a pruned model: a stub of a model card with tags. Every text in it comes from files or the command
 * line, so it is quoted in the YAML front matter and escaped in the Markdown.
 */
final class ModelCard {

    private ModelCard() {
    }

    /**
     * Writes the card.
     *
     * @param provenance texts at {@code model}, {@code method} and {@code pattern}; what is missing is left out
     */
    static String of(JsonNode provenance) {
        String base = provenance.path("model").asText("");
        String method = provenance.path("method").asText("");
        String pattern = provenance.path("pattern").asText("");
        StringBuilder card = new StringBuilder("---\n");
        if (base.matches("([\\w\\-.]+/)?[\\w\\-.]{1,96}")) {
            card.append("base_model: ").append(quoted(base)).append('\n');
        }
        card.append("library_name: transformers\ntags:\n- wanda-gpu\n- pruned\n");
        for (String tag : new String[] {method, pattern}) {
            if (!tag.isEmpty()) {
                card.append("- ").append(quoted(tag)).append('\n');
            }
        }
        card.append("---\n\n# ").append(escaped(base.isEmpty() ? "A pruned model" : base + ", pruned")).append("\n\n");
        card.append("Pruned with wanda-gpu");
        card.append(method.isEmpty() ? "" : ", method " + escaped(method));
        card.append(pattern.isEmpty() ? "" : ", pattern " + escaped(pattern));
        return card.append(". The weights are stored densely, with exact zeros where they were pruned;"
                + " `wanda-gpu.json` says how it was done.\n").toString();
    }

    /** A YAML text: JSON's quoting is a part of YAML's. */
    private static String quoted(String text) {
        return TextNode.valueOf(Shown.text(text)).toString();
    }

    /** Markdown takes a backslash before any punctuation; what could be HTML becomes entities. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char c : Shown.text(text).toCharArray()) {
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '\\', '`', '*', '_', '[', ']', '(', ')', '#', '!', '|', '~', '{', '}' ->
                        escaped.append('\\').append(c);
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
