package org.wandagpu.simulator;

import java.util.List;

/**
 * What a launch did.
 *
 * @param violations in the order in which they were met, one for each kind and instruction
 */
public record LaunchReport(Counters counters, List<Violation> violations) {
}
