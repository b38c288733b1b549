/**
 * CUDA through JCuda 12.6.0: the driver's calls, and the PTX compiler that it brings. Only {@code device} opens it, once
 * {@link org.wandagpu.cuda.CudaProbe} has found a driver: JCuda's classes cannot be loaded without one.
 *
 * <p>May import {@code cuda}.
 */
package org.wandagpu.cuda.jcuda;
