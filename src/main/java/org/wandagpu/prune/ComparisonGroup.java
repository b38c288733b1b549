package org.wandagpu.prune;

/** Which weights are ranked against each other in unstructured pruning. */
public enum ComparisonGroup {
    /** The weights of one output: Wanda's choice. */
    ROW,
    /** All weights of a linear layer: the magnitude baseline's choice. */
    LAYER
}
