/**
 * Times of the CUDA kernels at the shapes of linear layers: measured on a GPU, or estimated by the simulator. The two
 * are never mixed: a row says which it is.
 */
package org.wandagpu.bench.kernels;
