package org.wandagpu.selftest;

import org.wandagpu.tensor.DType;

/** Adds up the comparisons of one operation. */
final class Tally {

    private final String operation;
    private final DType dtype;
    private final double allowed;
    private int matrices;
    private long elements;
    private long largestElements;
    private String largest = "";
    private double found;
    private String firstDifference = "";

    Tally(String operation, DType dtype, double allowed) {
        this.operation = operation;
        this.dtype = dtype;
        this.allowed = allowed;
    }

    /** @param difference relative, or 1 for a matrix whose bytes differ; NaN is one too */
    void add(int rows, int columns, String values, double difference) {
        String shape = "[" + rows + ", " + columns + "]";
        long size = (long) rows * columns;
        matrices++;
        elements += size;
        if (size > largestElements) {
            largestElements = size;
            largest = shape;
        }
        found = allowed == 0 ? found + difference : Math.max(found, difference);
        if (!(difference <= allowed) && firstDifference.isEmpty()) {
            firstDifference = shape + " " + values;
        }
    }

    boolean isEmpty() {
        return matrices == 0;
    }

    SelfTest.Outcome outcome() {
        return new SelfTest.Outcome(operation, dtype, matrices, elements, largest, allowed, found, firstDifference);
    }
}
