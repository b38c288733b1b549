package org.wandagpu.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;

/**
 * What the program itself must know of a tokenizer's files; the tokenizers library keeps it to itself.
 *
 * @param where the tokenizer.json
 * @param json its content
 * @param vocabularySize its highest id + 1
 * @param beginId the id of tokenizer_config.json's {@code bos_token}, or null
 * @param endId the id of its {@code eos_token}, or null
 */
record TokenizerFile(String where, byte[] json, int vocabularySize, Integer beginId, Integer endId) {

    /** Far above any vocabulary; an id beyond it would make tables of its size. */
    private static final int HIGHEST_ID = (1 << 24) - 1;
    private static final int LONGEST_FILE = 256 << 20;
    private static final ObjectMapper TREES = new ObjectMapper(Json.FACTORY);

    /**
     * Reads the files of a folder, which may lie in any file system.
     *
     * @throws BadInputException if there is no tokenizer.json, or it is not JSON, or two tokens have one id
     */
    static TokenizerFile read(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        byte[] json = bytes(file);
        if (json == null) {
            throw missing(folder);
        }
        Vocabulary vocabulary = new Vocabulary(file.toString());
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            vocabulary.read(parser);
        } catch (JsonProcessingException e) {
            throw Json.broken(file.toString(), e);
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot fail", e);
        }
        return new TokenizerFile(file.toString(), json, vocabulary.taken.length(),
                vocabulary.ids.get(specialToken(folder, "bos_token")),
                vocabulary.ids.get(specialToken(folder, "eos_token")));
    }

    private static BadInputException missing(Path folder) {
        boolean slow = Files.exists(folder.resolve("tokenizer.model")) || Files.exists(folder.resolve("vocab.json"));
        return new BadInputException(folder + ": no tokenizer.json" + (slow
                ? "; the tokenizer lies here in an older form, from which transformers writes it: "
                + "AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)"
                : "; copy the model's tokenizer here, or give token ids"));
    }

    private static byte[] bytes(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] bytes = stream.readNBytes(LONGEST_FILE);
            if (bytes.length == LONGEST_FILE) {
                throw new BadInputException(file + ": has " + (LONGEST_FILE >> 20)
                        + " MiB or more, too much for such a file; is it the right one?");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new WorkFailedException(file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    /** The text of a special token, or null if the folder's files name none. */
    private static String specialToken(Path folder, String role) {
        for (String name : List.of("tokenizer_config.json", "special_tokens_map.json")) {
            byte[] json = bytes(folder.resolve(name));
            if (json != null) {
                try {
                    JsonNode token = TREES.readTree(json).path(role);
                    JsonNode text = token.isObject() ? token.path("content") : token;
                    if (text.isTextual()) {
                        return text.textValue();
                    }
                } catch (JsonProcessingException e) {
                    throw Json.broken(folder.resolve(name).toString(), e);
                } catch (IOException e) {
                    throw new IllegalStateException("bytes in memory cannot fail", e);
                }
            }
        }
        return null;
    }

    /** The tokens of a tokenizer.json. */
    private static final class Vocabulary {

        private final String where;
        private final Map<String, Integer> ids = new HashMap<>();
        private final BitSet taken = new BitSet();

        Vocabulary(String where) {
            this.where = where;
        }

        void read(JsonParser parser) throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadInputException(where + ": not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("model") && value == JsonToken.START_OBJECT) {
                    readModel(parser);
                } else if (field.equals("added_tokens") && value == JsonToken.START_ARRAY) {
                    readAddedTokens(parser);
                } else {
                    parser.skipChildren();
                }
            }
            if (taken.isEmpty()) {
                throw new BadInputException(where + ": holds no vocabulary");
            }
        }

        private void readModel(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean vocabulary = parser.currentName().equals("vocab");
                JsonToken value = parser.nextToken();
                if (vocabulary && value == JsonToken.START_OBJECT) {
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        String token = parser.currentName();
                        parser.nextToken();
                        add(token, parser.getIntValue());
                    }
                } else if (vocabulary && value == JsonToken.START_ARRAY) { // Unigram: pairs of token and score
                    for (int id = 0; parser.nextToken() == JsonToken.START_ARRAY; id++) {
                        add(String.valueOf(parser.nextTextValue()), id);
                        while (parser.nextToken() != JsonToken.END_ARRAY) {
                            parser.skipChildren();
                        }
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void readAddedTokens(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                JsonNode token = TREES.readTree(parser);
                if (!token.path("content").isTextual() || !token.path("id").isInt()) {
                    throw new BadInputException(where + ": an added token lacks its content or id");
                }
                add(token.path("content").textValue(), token.path("id").intValue());
            }
        }

        /** An added token may stand in the vocabulary too, with the same id. */
        private void add(String token, int id) {
            if (id < 0 || id > HIGHEST_ID) {
                throw new BadInputException(where + ": token id " + id + " is not from 0 to " + HIGHEST_ID);
            }
            Integer known = ids.put(token, id);
            if (known == null ? taken.get(id) : known != id) {
                throw new BadInputException(where + ": token " + TextNode.valueOf(token) + " has id " + id
                        + (known == null ? ", which another token has too" : " and id " + known)
                        + "; each token must have an id of its own");
            }
            taken.set(id);
        }
    }
}
