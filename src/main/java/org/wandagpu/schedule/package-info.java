/**
 * The order of work: one decoder block resident at a time, statistics pass, selection, propagation pass, writing,
 * resuming; and the plan of bytes made before it starts.
 *
 * <p>May import {@code model}, {@code prune}, {@code text}, {@code checkpoint}, {@code result} and what they import; not
 * the backends.
 */
package org.wandagpu.schedule;
