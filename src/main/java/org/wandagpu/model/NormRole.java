package org.wandagpu.model;

/** The norms a decoder block can have. */
public enum NormRole {
    /** Before attention; after it in a post-norm block. */
    ATTENTION,
    /** Before the MLP; after it in a post-norm block. */
    MLP,
    /** Of each query head. */
    QUERY_HEAD,
    /** Of each key head. */
    KEY_HEAD
}
