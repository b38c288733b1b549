package org.wandagpu.result;

/** The fields of a result file that only one command has. */
public sealed interface CommandResult permits PruneResult, EvalResult, InspectResult, GenerateResult, BenchResult,
        SelfTestResult {
}
