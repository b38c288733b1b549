package org.wandagpu.simulator;

import java.util.List;

/**
 * What a launch did.
 *
 * @param violations in the order in which they were met, one for each kind and instruction
 * @param output what its threads printed, failed assertions included
 */
public record LaunchReport(Counters counters, List<Violation> violations, String output) {
}
