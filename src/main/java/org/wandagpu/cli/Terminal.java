package org.wandagpu.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/** Whether somebody watches: Java tells it of standard input and output only. */
final class Terminal {

    private static final int STANDARD_ERROR = 2;

    /** Set by the launcher, through which standard error passes on its way to the terminal. */
    private static final String LAUNCHED_ON_TERMINAL = "wanda.terminal";

    private Terminal() {
    }

    /** Whether a bar that redraws itself on standard error makes sense here. */
    static boolean canRedraw() {
        return System.getenv("CI") == null && !"dumb".equals(System.getenv("TERM")) && isTerminal();
    }

    private static boolean isTerminal() {
        if (System.getProperty(LAUNCHED_ON_TERMINAL) != null) {
            return Boolean.getBoolean(LAUNCHED_ON_TERMINAL);
        }
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find("isatty").map(address -> {
            try {
                return (int) linker.downcallHandle(address,
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)).invokeExact(STANDARD_ERROR) == 1;
            } catch (Throwable e) {
                return false;
            }
        }).orElse(false);
    }
}
