package org.wandagpu.model;

/** The linear layers a decoder block can have: all of them are prunable. */
public enum LinearRole {
    QUERY, KEY, VALUE, QKV, ATTENTION_OUT, GATE, UP, DOWN
}
