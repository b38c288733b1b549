package org.wandagpu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Words, help and exit codes of the command line. */
class CommandLineTest {

    @ParameterizedTest
    @ValueSource(strings = {"prune", "eval", "inspect", "generate", "devices", "bench", "selftest"})
    void helpFitsEightyColumnsAndNamesAnExample(String command) {
        Cli.Outcome outcome = Cli.run(command, "--help");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("Usage: wanda-gpu " + command).contains("--help");
        assertThat(outcome.out().lines()).allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(120));
    }

    @Test
    void theProgramListsItsCommandsAndExitCodes() {
        assertThat(Cli.run("--help").out()).contains("prune", "eval", "inspect", "generate", "devices", "bench")
                .contains("wrong usage", "bad input file");
    }

    @Test
    void completionScriptNamesTheOptionsOfPrune() {
        Cli.Outcome outcome = Cli.run("generate-completion");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("--calibration-ids").contains("complete ");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            nothing given|''|no command given
            unknown option|prune --modell x|Unknown option
            unknown command|prine|Unmatched argument
            no model|prune --output x|--model is missing
            no output|prune --model embedded:tiny-llama|--output is missing
            unknown method|prune --model embedded:tiny-llama --output x --method foo|--method foo
            sparsity out of range|prune --model embedded:tiny-llama --output x --sparsity 1.5|sparsity 1.5
            keeps everything|prune --model embedded:tiny-llama --output x --pattern 4:4|pattern 4:4
            not a pattern|prune --model embedded:tiny-llama --output x --pattern two|pattern 'two'
            contradiction|prune --model embedded:tiny-llama --output x --pattern 2:4 --sparsity 0.6|contradicts
            variant of magnitude|prune --model embedded:tiny-llama --output x --method magnitude --variant|--variant
            variant of N:M|prune --model embedded:tiny-llama --output x --pattern 2:4 --variant|--variant
            glob that matches nothing|prune --model embedded:tiny-llama --output x --include foo|'foo' matches no
            nothing to compare with|selftest --device cpu|--device cpu
            no rows|selftest --device sim --rows 0|--rows 0
            no such device|eval --model embedded:tiny-llama --device tpu|--device tpu
            threads|eval --model embedded:tiny-llama --threads 1000000|--threads 1000000
            no prompt|generate --model embedded:tiny-llama|give a prompt
            no such embedded model|eval --model embedded:tiny-gpt|tiny-gpt
            """)
    void wrongUsageEndsWithOneLineAndExitCodeTwo(String what, String arguments, String message) {
        Cli.Outcome outcome = Cli.run((Object[]) (arguments.isEmpty() ? new String[0] : arguments.split(" ")));
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).startsWith("wanda-gpu: ").doesNotContain("\tat ");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void unknownOptionSuggestsTheNearest() {
        assertThat(Cli.run("prune", "--sparsitty", "0.5").err()).contains("--sparsity");
    }

    @Test
    void gpuDeviceIsRefusedRatherThanReplaced() {
        Cli.Outcome outcome = Cli.run("eval", "--model", "embedded:tiny-llama", "--device", "cuda");
        assertThat(outcome.code()).isEqualTo(4);
        assertThat(outcome.err()).contains("--device cuda cannot be used").contains("--device cpu");
    }

    @Test
    void devicesNamesEveryKindWithAReason() {
        Cli.Outcome outcome = Cli.run("devices");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out().lines()).hasSize(3);
        assertThat(outcome.out()).contains("cpu     yes").contains("cuda    no").contains("sim     yes");
    }

    @Test
    void optionsOfThePublishedCodeAreUnderstood() {
        assertThat(ReferenceAliases.translate(new String[] {"prune", "--sparsity_ratio", "0.5", "--save_model=out", "x"}))
                .containsExactly("prune", "--sparsity", "0.5", "--output=out", "x");
    }
}
