package org.wandagpu.checkpoint.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A repository's files at a commit.
 *
 * @param commit full commit hash
 * @param files paths in the repository, as the hub spells them
 */
record Listing(String commit, List<String> files) {

    /** Reads the hub's answer; empty if the text is something else. */
    static Optional<Listing> read(byte[] json) throws IOException {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
        String commit = root.path("sha").asText();
        if (!Repository.isCommit(commit)) {
            return Optional.empty();
        }
        List<String> files = new ArrayList<>();
        for (JsonNode sibling : root.path("siblings")) {
            files.add(sibling.path("rfilename").asText());
        }
        return Optional.of(new Listing(commit, List.copyOf(files)));
    }
}
