package org.wandagpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Which blocks attend through a sliding window: one number a block, 0 where there is none. */
final class SlidingWindows {

    /** The window of the published configuration classes where a file names none. */
    private static final int DEFAULT_WINDOW = 4096;
    /** Qwen's first block with a window where a file names none. */
    private static final int DEFAULT_FIRST_BLOCK = 28;

    private static final String FULL = "full_attention";
    private static final String SLIDING = "sliding_attention";

    private SlidingWindows() {
    }

    static List<Integer> none(int blocks) {
        return Collections.nCopies(blocks, 0);
    }

    /** LLaMA: never; a file that lists other kinds of blocks is not one. */
    static List<Integer> llama(Config c, int blocks) {
        return byType(c, blocks, 0, none(blocks), List.of(FULL));
    }

    /** Mistral: a window in all blocks unless it is null, or in those that {@code layer_types} names. */
    static List<Integer> mistral(Config c, int blocks) {
        int window = window(c);
        return byType(c, blocks, window, Collections.nCopies(blocks, window), List.of(FULL, SLIDING));
    }

    /** Qwen: only if switched on, from block {@code max_window_layers} on or where {@code layer_types} says so. */
    static List<Integer> qwen(Config c, int blocks) {
        int window = c.flag(false, "use_sliding_window") ? window(c) : 0;
        int first = c.countOr(DEFAULT_FIRST_BLOCK, "max_window_layers");
        List<Integer> fromFirst = new ArrayList<>();
        for (int block = 0; block < blocks; block++) {
            fromFirst.add(block >= first ? window : 0);
        }
        return byType(c, blocks, window, fromFirst, List.of(FULL, SLIDING));
    }

    private static int window(Config c) {
        boolean isNull = c.mentions("sliding_window") && c.find("sliding_window") == null;
        return isNull ? 0 : c.sizeOr(DEFAULT_WINDOW, "sliding_window");
    }

    private static List<Integer> byType(Config c, int blocks, int window, List<Integer> otherwise, List<String> known) {
        JsonNode types = c.find("layer_types");
        if (types == null) {
            return otherwise;
        }
        if (!types.isArray() || types.size() != blocks) {
            throw c.bad("layer_types does not list " + blocks + " blocks", "take the model's own config.json");
        }
        List<Integer> windows = new ArrayList<>();
        for (JsonNode type : types) {
            if (!known.contains(type.asText())) {
                throw c.bad("layer_types has " + Config.brief(type), "this program knows " + String.join(", ", known)
                        + " for " + c.textOr("", "model_type"));
            }
            windows.add(type.asText().equals(SLIDING) ? window : 0);
        }
        return windows;
    }
}
