package org.wandagpu.result;

import java.util.List;

/**
 * What {@code selftest} compared.
 *
 * @param rows one for each operation and element type
 */
public record SelfTestResult(List<Row> rows) implements CommandResult {

    /**
     * An operation on the device against the CPU.
     *
     * @param operation what was done
     * @param dtype element type of its input
     * @param matrices how many were compared
     * @param elements of all of them
     * @param largest shape of the largest one
     * @param allowed relative difference that rounding explains; 0 where results must be the same bytes
     * @param found largest relative difference; where {@code allowed} is 0, the number of matrices that differ
     * @param passed whether {@code found} is no more than {@code allowed}
     * @param firstDifference which matrix differs first, empty if none does
     */
    public record Row(String operation, String dtype, int matrices, long elements, String largest, double allowed,
            double found, boolean passed, String firstDifference) {
    }
}
