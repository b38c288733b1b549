package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Where the shared variables of a kernel and of the functions that it may call lie. */
final class SharedLayout {

    private final Rows rows;
    private final Map<Variable, Integer> placed = new IdentityHashMap<>();
    private final List<Integer> dynamicRows = new ArrayList<>();
    private int bytes;
    private int dynamicAlign = 16;

    SharedLayout(Rows rows) {
        this.rows = rows;
    }

    /** The row with the address of a variable, the same each time. */
    int place(Variable variable) {
        return placed.computeIfAbsent(variable, this::add);
    }

    private int add(Variable variable) {
        int at = variable.startFrom(bytes);
        int row = rows.fresh(at);
        if (variable.extern()) {
            dynamicRows.add(row);
            dynamicAlign = Math.max(dynamicAlign, variable.align());
        } else {
            bytes = at + variable.bytes();
        }
        return row;
    }

    /**
     * Dynamic shared memory starts where static memory ends; all extern arrays are the same place.
     *
     * @return bytes of static memory
     */
    int close() {
        bytes = Math.ceilDiv(bytes, dynamicAlign) * dynamicAlign;
        dynamicRows.forEach(row -> rows.set(row, bytes));
        return bytes;
    }
}
