package org.wandagpu.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program itself: names its commands. */
@Command(name = "wanda-gpu", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = "Prunes a Hugging Face language model in one shot with Wanda, and judges the result.",
        synopsisSubcommandLabel = "COMMAND", commandListHeading = "%nCommands:%n",
        subcommands = {PruneCommand.class, EvalCommand.class, InspectCommand.class, GenerateCommand.class,
            BenchCommand.class, DevicesCommand.class, SelfTestCommand.class,
            AutoComplete.GenerateCompletion.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the work failed", "2:wrong usage", "3:bad input file", "4:device failure or out of memory",
            "130:interrupted"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  wanda-gpu prune --model embedded:tiny-llama --output pruned",
            "  wanda-gpu eval --model pruned --text embedded",
            "  wanda-gpu inspect --model pruned",
            "",
            "Shell completion: source <(wanda-gpu generate-completion)"})
final class RootCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given; the commands are "
                + String.join(", ", spec.subcommands().keySet()));
    }
}
