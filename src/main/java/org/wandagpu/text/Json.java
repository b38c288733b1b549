package org.wandagpu.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import org.wandagpu.failure.BadInputException;

/** How this package reads JSON: streamed, a key given twice is an error, depth and lengths are limited. */
final class Json {

    /** Longest string and longest line: longer than any document met in practice, short enough to hold twice. */
    static final int LONGEST_TEXT = 32 << 20;

    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64).maxNameLength(1 << 16).maxStringLength(LONGEST_TEXT).maxNumberLength(64)
                    .build())
            .build();

    private Json() {
    }

    /** The failure to report for JSON that does not parse. */
    static BadInputException broken(String where, JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        String place = location == null ? "" : ", line " + location.getLineNr() + ", column " + location.getColumnNr();
        return new BadInputException(where + place + ": not valid JSON: " + Reason.of(e.getOriginalMessage()), e);
    }
}
