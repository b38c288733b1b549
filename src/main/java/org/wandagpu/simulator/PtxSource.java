package org.wandagpu.simulator;

import java.util.Map;

/**
 * A module as declared, its bodies not yet read: a kernel is refused for what it cannot run only when it is used.
 *
 * @param tokens the whole text
 * @param files names of the CUDA sources by number
 * @param entries by name where the token after {@code .entry} is
 * @param functions by name where the token after {@code .func} is, only of those that have a body
 * @param variables device addresses of global variables and constants
 * @param functionAddresses what a pointer to a function holds, also for functions without a body
 * @param shared module-level shared variables, which each kernel that uses them places
 */
record PtxSource(String file, TokenStream tokens, Map<Integer, String> files, Map<String, Integer> entries,
        Map<String, Integer> functions, Map<String, Long> variables, Map<String, Long> functionAddresses,
        Map<String, Variable> shared) {

    /** The address of a variable or function, null if there is none. */
    Long address(String name) {
        Long variable = variables.get(name);
        return variable != null ? variable : functionAddresses.get(name);
    }
}
