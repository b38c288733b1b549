/**
 * Text from a model, token by token, with a cache of keys and values.
 *
 * <p>May import {@code model} and what it imports. Works on token ids; texts are the caller's.
 */
package org.wandagpu.generate;
