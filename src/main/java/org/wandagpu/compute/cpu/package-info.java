/**
 * The CPU backend: native-memory tensors, a fixed pool of threads, and one class of kernels an operation, written with
 * the Vector API.
 *
 * <p>May import {@code compute}, {@code tensor} and {@code failure}. Work is split over output elements only, never
 * over the terms of a sum, so results do not depend on the number of threads.
 */
package org.wandagpu.compute.cpu;
