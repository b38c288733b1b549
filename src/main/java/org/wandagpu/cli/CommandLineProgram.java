package org.wandagpu.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import org.wandagpu.failure.WandaException;
import org.wandagpu.tensor.NmPattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The whole program as a function of its arguments and two streams; the one place that knows exit codes. */
public final class CommandLineProgram {

    private static final int WORK_FAILED = 1;
    private static final int OUT_OF_MEMORY = 4;
    private static final int DEFAULT_HELP_WIDTH = 80;

    private CommandLineProgram() {
    }

    /**
     * Runs one command.
     *
     * @param out results
     * @param err progress and messages
     * @return the exit code
     */
    public static int run(String[] args, PrintStream out, PrintStream err) {
        Console console = new Console(writer(out), writer(err));
        try {
            return program(console).execute(ReferenceAliases.translate(args));
        } catch (OutOfMemoryError e) {
            console.error("out of memory (" + e.getMessage() + "): nothing finished is lost, prune goes on with --resume;"
                    + " give Java more by WANDA_GPU_JAVA_OPTS=-Xmx..., or lower --nsamples or --seqlen");
            return OUT_OF_MEMORY;
        } finally {
            console.flush();
        }
    }

    /** The commands with everything set, for running and for the completion script. */
    static CommandLine program(Console console) {
        CommandLine program = new CommandLine(new RootCommand(), new CommandFactory(console));
        program.setOut(console.out());
        program.setErr(console.err());
        program.setUsageHelpWidth(helpWidth());
        program.registerConverter(NmPattern.class, Patterns::parse);
        program.setParameterExceptionHandler((e, _) -> wrongUsage(e, console));
        program.setExecutionExceptionHandler((e, _, _) -> failed(e, console));
        return program;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), true);
    }

    private static int helpWidth() {
        String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("\\d{2,3}")
                ? Math.clamp(Integer.parseInt(columns), 60, 120) : DEFAULT_HELP_WIDTH;
    }

    private static int wrongUsage(ParameterException e, Console console) {
        console.error(e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, console.err());
        console.err().println("Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception e, Console console) {
        if (e instanceof WandaException expected) {
            console.error(expected.getMessage());
            console.trace(e);
            return expected.exitCode();
        }
        console.error("internal error: " + e + (console.isVerbose() ? "" : "; --verbose shows where"));
        console.trace(e);
        return WORK_FAILED;
    }
}
