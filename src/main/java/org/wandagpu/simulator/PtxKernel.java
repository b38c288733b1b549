package org.wandagpu.simulator;

import java.util.List;

/**
 * A parsed and decoded entry, with the functions that it may call.
 *
 * @param parameterOffsets where each parameter starts, as the driver lays them out
 * @param parameterBytes size of all parameters
 * @param entry index of its first instruction; those of functions stand before
 * @param watchesUndefined whether a register may be used before it has a value, so that warps must keep note
 * @param blocksKeepToThemselves whether its blocks can be run {@link SideBySide}
 * @param sharedBytes static shared memory; dynamic shared memory follows it
 */
record PtxKernel(String name, int[] parameterOffsets, int parameterBytes, Rows rows, int sharedBytes, int localBytes,
        List<Statement> statements, Operation[] operations, int[] targets, int entry,
        boolean watchesUndefined, boolean blocksKeepToThemselves) {
}
