/**
 * Decoder language models: what a family is (data), one decoder block for all of them, embedding and head.
 *
 * <p>A family is a {@link org.wandagpu.model.DecoderSpec} read from config.json plus a table of tensor names; there is
 * one {@link org.wandagpu.model.DecoderBlock}. May import {@code compute}, {@code tensor} and
 * {@code failure}. How to add a family: docs/adding-a-family.md.
 */
package org.wandagpu.model;
