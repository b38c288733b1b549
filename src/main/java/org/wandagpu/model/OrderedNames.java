package org.wandagpu.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Maps from role to name that keep the order in which they are written: the reference's order of linear layers. */
final class OrderedNames {

    private OrderedNames() {
    }

    @SuppressWarnings("unchecked")
    static <K> Map<K, String> of(K firstRole, String firstName, Object... more) {
        Map<K, String> map = new LinkedHashMap<>();
        map.put(firstRole, firstName);
        for (int i = 0; i < more.length; i += 2) {
            map.put((K) more[i], (String) more[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }
}
