/**
 * Runs PTX text on the CPU, so that the kernels that ship are tested where there is no GPU.
 *
 * <p>{@link org.wandagpu.simulator.SimulatedGpu} is the way in. {@code PtxParser} reads what a
 * module declares. When a kernel is first asked for, {@code Linker} joins it with the functions that it may call: every
 * instruction is decoded to an {@code Operation} over rows of 32 lanes. Then a {@code Warp} runs them with a program
 * counter a lane: the lanes at the smallest one go first, which brings divergent lanes together again because the
 * compiler lays joins behind both arms. Warps and blocks take turns ({@link org.wandagpu.simulator.Schedule}), so that
 * those get on that wait for others.
 *
 * <p>Wrong use of memory and barriers becomes a {@link org.wandagpu.simulator.Violation} of the launch, not an
 * exception. Races are found by order, not by chance: {@code Shadow} remembers who touched a place and when, and
 * {@code Clock} what each warp knows to be over, by barriers, __syncwarp, and fences before atomic or volatile writes
 * that it has read. Two plain stores of the same bits are no race as long as nobody reads the place without an order.
 *
 * <p>A launch runs on one thread: the order of its blocks, and with it every report and every sum of floats, is then
 * the same on every machine. Several simulated GPUs may run at once.
 */
package org.wandagpu.simulator;
