/**
 * Runs PTX text on the CPU, so that the kernels that ship are tested where there is no GPU.
 *
 * <p>{@link org.wandagpu.simulator.SimulatedGpu} is the way in. A module is parsed once ({@code PtxParser}), every
 * instruction is decoded to an {@code Operation} over rows of 32 lanes, and a {@code Warp} runs them with a program
 * counter a lane: the lanes at the smallest one go first, which brings divergent lanes together again because the
 * compiler lays joins behind both arms. Wrong use of memory and barriers becomes a
 * {@link org.wandagpu.simulator.Violation} of the launch, not an exception.
 */
package org.wandagpu.simulator;
