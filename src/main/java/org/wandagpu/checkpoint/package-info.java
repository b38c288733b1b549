/**
 * Checkpoints on disk: safetensors files, config.json and shard index, read with distrust; and the pruned copy, which
 * grows in a staging folder and becomes the output by one rename.
 *
 * <p>May import {@code tensor} and {@code failure}. Whatever is wrong with a file that was given ends as a
 * {@link org.wandagpu.failure.BadInputException} of one line; nothing is ever written into a source folder.
 */
package org.wandagpu.checkpoint;
