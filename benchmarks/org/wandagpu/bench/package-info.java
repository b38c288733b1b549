/**
 * JMH benchmarks, compiled into the jar so that {@code bench} runs on the user's machine, and what runs them.
 *
 * <p>A benchmark class {@code GroupSelectBenchmark} is the group {@code group-select}. Its method {@code ours} is the
 * candidate, every other method a baseline that does the same work on the same operands ({@code naive},
 * {@code openblas}). A class with several cases puts the case first: {@code rmsOurs} and {@code rmsNaive},
 * {@code layerOurs} and {@code layerNaive}. Parameters are the shape; the one named {@code shape} can be set by
 * {@code --shapes}. Annotations of the class set mode, unit, forks, warm-up and iterations.
 *
 * <p>Imports {@code device}, {@code schedule} and what they may import, and {@code result}.
 */
package org.wandagpu.bench;
