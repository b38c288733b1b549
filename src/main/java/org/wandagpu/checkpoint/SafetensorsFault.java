package org.wandagpu.checkpoint;

import java.nio.file.Path;
import java.util.Locale;
import org.wandagpu.failure.BadInputException;

/** Every way in which a safetensors file can be bad, with its sentence. */
enum SafetensorsFault {
    NOT_A_FILE("is not a regular file; give a safetensors file"),
    UNREADABLE("cannot be read (%s); check the path and its permissions"),
    TOO_SHORT("has %d bytes, fewer than the 8 a safetensors file begins with; fetch it again"),
    HEADER_TOO_LONG("byte 0: a header of %s bytes is announced, more than the 100000000 allowed; this is not a"
            + " safetensors file or it is damaged"),
    HEADER_BEYOND_END("byte 0: a header of %d bytes is announced, but only %d bytes follow; the file is cut off, fetch"
            + " it again"),
    NOT_UTF8("byte %d: the header is not UTF-8; the file is damaged, fetch it again"),
    NOT_JSON("header, character %d: not JSON (%s); the file is damaged, fetch it again"),
    BEYOND_LIMITS("the header is beyond the limits of this program (%s); no model needs that"),
    NOT_AN_OBJECT("the header is not a JSON object; the file is damaged, fetch it again"),
    AFTER_THE_OBJECT("header, character %d: something follows the JSON object; the file is damaged, fetch it again"),
    METADATA_TWICE("the header has __metadata__ twice; write the file again with the safetensors library"),
    METADATA_NOT_TEXT("__metadata__ is not a map of texts to texts; write the file again with the safetensors library"),
    NAME_TWICE("tensor %s is in the header twice, so that readers may disagree about it; write the file again with the"
            + " safetensors library"),
    NAME_TOO_LONG("tensor %s has a name of %d bytes, more than the 4096 allowed; rename it"),
    TENSOR_NOT_AN_OBJECT("tensor %s: its entry is not a JSON object; the file is damaged, fetch it again"),
    FIELD_TWICE("tensor %s: field %s is there twice; write the file again with the safetensors library"),
    FIELD_MISSING("tensor %s: field %s is missing; write the file again with the safetensors library"),
    UNKNOWN_DTYPE("tensor %s: dtype %s is not one of the format's; it knows %s"),
    BAD_SHAPE("tensor %s: shape is not an array of whole numbers from 0 to 2^63 - 1; write the file again with the"
            + " safetensors library"),
    TOO_MANY_DIMENSIONS("tensor %s: more than the 64 dimensions allowed; no model needs that"),
    BAD_OFFSETS("tensor %s: data_offsets is not an array of two whole numbers from 0 to 2^63 - 1; write the file again"
            + " with the safetensors library"),
    END_BEFORE_BEGIN("tensor %s: data_offsets [%d, %d] end before they begin; the file is damaged, fetch it again"),
    SIZE_OVERFLOW("tensor %s: the size of %s%s overflows 63 bits; the file is damaged, fetch it again"),
    PART_OF_A_BYTE("tensor %s: %s%s does not end on a whole byte; write the file again with the safetensors library"),
    WRONG_SIZE("tensor %s: data_offsets [%d, %d] hold %d bytes, but %s%s needs %d; the file is damaged, fetch it"
            + " again"),
    HOLE("tensor %s: begins at data byte %d, %d bytes behind the end of what stands before it; the file is damaged,"
            + " fetch it again"),
    OVERLAP("tensor %s: begins at data byte %d, but %s before it ends at %d; the file is damaged, fetch it again"),
    CUT_OFF("tensor %s: ends at data byte %d, but the file has only %d bytes of data; it is cut off, fetch it again"),
    BYTES_BEHIND("%d bytes follow the last tensor, which ends at data byte %d; the file is damaged, fetch it again");

    private final String sentence;

    SafetensorsFault(String sentence) {
        this.sentence = sentence;
    }

    /** The exception for a file; {@code values} fill the sentence in order. */
    BadInputException in(Path file, Object... values) {
        return new BadInputException(file + ": " + String.format(Locale.ROOT, sentence, values));
    }
}
