/**
 * The driver seam: {@link org.wandagpu.cuda.Driver} has the calls of the CUDA driver that this program makes, {@link
 * org.wandagpu.cuda.Gpu} owns every handle that they give. {@code cuda.jcuda} and {@code simulator} implement the calls.
 *
 * <p>May import {@code failure}.
 */
package org.wandagpu.cuda;
