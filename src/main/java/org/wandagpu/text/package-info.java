/**
 * From text to token ids: tokenizers, files of text and of documents, the calibration sampler, evaluation windows.
 *
 * <p>Nothing here knows a model: what comes out are {@code int[]} of token ids, all below
 * {@link org.wandagpu.text.Tokenizer#vocabularySize()} and not yet held against an embedding.
 *
 * <p>May import {@code failure}, Jackson, hardwood (Parquet) and, in the process that tokenises, DJL's tokenizers.
 */
package org.wandagpu.text;
