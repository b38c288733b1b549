package org.wandagpu.compute;

/** Pointwise non-linearity of an MLP. */
public enum Activation {
    /** max(x, 0). */
    RELU,
    /** x / (1 + e^-x). */
    SILU,
    /** x/2 (1 + erf(x/√2)). */
    GELU_ERF,
    /** x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))). */
    GELU_TANH
}
