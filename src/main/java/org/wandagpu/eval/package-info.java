/**
 * Judging a model: perplexity over windows of a text.
 *
 * <p>May import {@code schedule}, {@code model}, {@code text}, {@code result} and what they import.
 */
package org.wandagpu.eval;
