package org.wandagpu.cli;

import java.io.PrintWriter;

/** Where a command writes: results to one stream, everything else to the other, as loud as the user wants it. */
final class Console {

    private final PrintWriter out;
    private final PrintWriter err;
    private boolean quiet;
    private boolean verbose;
    private String preface;

    Console(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** Results. */
    PrintWriter out() {
        showPreface();
        return out;
    }

    /** Progress and messages. */
    PrintWriter err() {
        showPreface();
        return err;
    }

    void setLoudness(boolean isQuiet, boolean isVerbose) {
        this.quiet = isQuiet;
        this.verbose = isVerbose;
    }

    boolean isQuiet() {
        return quiet;
    }

    boolean isVerbose() {
        return verbose;
    }

    /** Something worth knowing that is not a result. */
    void note(String line) {
        showPreface();
        if (!quiet) {
            err.println(line);
        }
    }

    /** A note that goes before whatever is written first; not worth a line if the run ends before anything is. */
    void preface(String line) {
        preface = line;
    }

    private void showPreface() {
        if (preface != null && !quiet) {
            err.println(preface);
        }
        preface = null;
    }

    /** Why the run ends: one line, whatever the message holds. */
    void error(String message) {
        String line = message == null ? "no message" : message.strip().replaceAll("\\s*\\R\\s*", " ");
        err.println("wanda-gpu: " + line);
    }

    /** Where an error came from, with {@code --verbose} only. */
    void trace(Throwable e) {
        if (verbose) {
            e.printStackTrace(err);
        }
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
