package org.wandagpu.simulator;

import java.util.function.ToLongFunction;

/**
 * An address in the initial content of a variable: {@code generic(x)+4}, a function, or with a mask one byte of either.
 *
 * @param at offset in the content
 * @param bytes that the address or the byte takes there
 * @param mask selects bits, which are moved down
 */
record Reference(int at, int bytes, String name, long addend, long mask) {

    void resolve(byte[] content, ToLongFunction<String> addresses) {
        long address = addresses.applyAsLong(name) + addend;
        Bytes.put(content, at, bytes, (address & mask) >>> Long.numberOfTrailingZeros(mask));
    }
}
