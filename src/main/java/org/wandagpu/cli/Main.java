package org.wandagpu.cli;

/** Where the program starts, in a JVM that has what it needs; {@code org.wandagpu.launcher} starts that JVM. */
public final class Main {

    private Main() {
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        ParentWatch.start();
        System.exit(CommandLineProgram.run(args, System.out, System.err));
    }
}
