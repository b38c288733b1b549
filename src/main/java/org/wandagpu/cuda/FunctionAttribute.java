package org.wandagpu.cuda;

/** What the driver's compiler made of a kernel. */
public enum FunctionAttribute {

    /** Bytes of static shared memory of a block. */
    SHARED_BYTES,
    /** Bytes of local memory of a thread; more than the PTX declares are spilled registers. */
    LOCAL_BYTES
}
