package org.wandagpu.simulator;

import java.util.HashMap;
import java.util.Map;

/**
 * What strong writes after a fence tell to strong readers, by address. A later write adds to it, as a release sequence
 * does; the word in the middle of a ticket or a flag thus joins all that came before.
 */
final class Messages {

    private final Map<Long, Knowledge> byAddress = new HashMap<>();

    void add(long address, Knowledge news) {
        byAddress.merge(address, news, Knowledge::join);
    }

    Knowledge at(long address) {
        return byAddress.isEmpty() ? Knowledge.NOTHING : byAddress.getOrDefault(address, Knowledge.NOTHING);
    }
}
