package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Hands out the rows of a kernel: registers, special registers, and constants, which all warps share. */
final class Rows {

    private static final long[] NONE = {};

    /** Per row: the shared constant, or null where each warp has its own. */
    private final List<long[]> constants = new ArrayList<>();
    private final Map<Long, Integer> byValue = new HashMap<>();
    private final Map<String, Integer> specials = new HashMap<>();
    private final BitSet given = new BitSet();
    private final BitSet retired = new BitSet();
    /** What {@link #newUndefined} gives, once all rows are known. */
    private volatile int[] undefined;

    int register() {
        constants.add(null);
        return constants.size() - 1;
    }

    /** A register that has a value before any instruction gives it one. */
    int given() {
        given.set(register());
        return constants.size() - 1;
    }

    int constant(long value) {
        return byValue.computeIfAbsent(value, key -> fresh(key));
    }

    /** A constant of its own row, for a value that {@link #set} fixes later. */
    int fresh(long value) {
        long[] row = new long[Warp.LANES];
        Arrays.fill(row, value);
        constants.add(row);
        return constants.size() - 1;
    }

    void set(int row, long value) {
        Arrays.fill(constants.get(row), value);
    }

    int special(String name) {
        return specials.computeIfAbsent(name, key -> given());
    }

    int count() {
        return constants.size();
    }

    boolean isConstant(int row) {
        return constants.get(row) != null;
    }

    Map<String, Integer> specials() {
        return specials;
    }

    /** Takes back rows that no instruction names any more. */
    void retire(BitSet rows) {
        retired.or(rows);
    }

    /** The rows that have no value until an instruction gives them one. */
    BitSet registers() {
        BitSet registers = new BitSet();
        for (int i = 0; i < constants.size(); i++) {
            registers.set(i, constants.get(i) == null && !given.get(i) && !retired.get(i));
        }
        return registers;
    }

    /** Per row the lanes without a value in a fresh warp: all of its registers. */
    int[] newUndefined() {
        int[] known = undefined;
        if (known == null || known.length != constants.size()) {
            int[] fresh = new int[constants.size()];
            registers().stream().forEach(row -> fresh[row] = -1);
            undefined = fresh;
            known = fresh;
        }
        return known.clone();
    }

    /** Fresh registers, all zero, with the constants shared; empty rows for those taken back. */
    long[][] newWarp() {
        long[][] rows = new long[constants.size()][];
        for (int i = 0; i < rows.length; i++) {
            long[] constant = constants.get(i);
            rows[i] = constant != null ? constant : retired.get(i) ? NONE : new long[Warp.LANES];
        }
        return rows;
    }
}
