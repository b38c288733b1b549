/**
 * The CUDA kernels as the program uses them: which entry for which shape, its launch shape and the order of its
 * arguments, one class a source in {@code kernels/}. What carries out a launch is a {@link
 * org.wandagpu.compute.cuda.KernelLauncher}.
 *
 * <p>May import {@code compute}.
 */
package org.wandagpu.compute.cuda;
