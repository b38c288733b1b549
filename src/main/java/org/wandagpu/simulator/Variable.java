package org.wandagpu.simulator;

import java.util.List;

/**
 * A declared variable, before it has a place.
 *
 * @param space {@code .shared}, {@code .global}, {@code .const}, {@code .local} or {@code .param}
 * @param bytes size, 0 for an extern array
 * @param content initial bytes, null for none
 * @param references addresses in the content, which are still zero there
 */
record Variable(String space, String name, int align, int bytes, boolean extern, byte[] content,
        List<Reference> references) {

    /** The next free offset after this variable, put at the first aligned place from {@code offset}. */
    int endFrom(int offset) {
        return startFrom(offset) + bytes;
    }

    int startFrom(int offset) {
        return Math.ceilDiv(offset, align) * align;
    }
}
