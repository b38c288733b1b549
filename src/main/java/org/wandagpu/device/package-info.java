/**
 * Opens backends: the one place that names them. Everything above gets a {@link org.wandagpu.compute.Device}.
 *
 * <p>May import {@code compute}, its backends and {@code failure}.
 */
package org.wandagpu.device;
