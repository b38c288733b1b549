/**
 * Pruning methods, targets and the choice of layers. A method gets the weights and the statistic of one linear layer
 * and zeroes what the target asks for; it knows nothing of files, devices or models.
 *
 * <p>May import {@code compute}, {@code tensor} and {@code failure}. How to add a method: docs/adding-a-method.md.
 */
package org.wandagpu.prune;
