/**
 * Text from a model, token by token, with a cache of keys and values.
 *
 * <p>May import {@code schedule} (for progress), {@code model} and what they import. Works on token ids; texts are the
 * caller's.
 */
package org.wandagpu.generate;
