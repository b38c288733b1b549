package org.wandagpu.launcher;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/** Starts the program in a JDK that can run it: in this very JVM if it can, else in a child process. */
public final class Launcher {

    private Launcher() {
    }

    /** Runs the program with these arguments and ends with its exit code; 1 if no JDK was found. */
    public static void main(String[] args) throws Throwable {
        if (thisJvmWillDo()) {
            runHere(args);
            return;
        }
        JdkSearch search = JdkSearch.here();
        Optional<Jdk> jdk = search.find();
        System.exit(jdk.isPresent() ? runIn(jdk.get(), args) : fail(search.advice()));
    }

    private static boolean thisJvmWillDo() {
        JavaVersion version = new JavaVersion(System.getProperty("java.version"));
        return version.runsTheProgram() && !version.movesPinnedArrays() && hasVectorModule();
    }

    /** The module counts only if it was resolved at start; being installed is not enough. */
    private static boolean hasVectorModule() {
        try {
            Class.forName(Jdk.VECTOR_MODULE + ".FloatVector", false, ClassLoader.getSystemClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static void runHere(String[] args) throws Throwable {
        try {
            Class.forName(ChildCommand.MAIN_CLASS).getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static int runIn(Jdk jdk, String[] args) throws InterruptedException {
        try {
            return ChildProcess.run(jdk, Arguments.of(args));
        } catch (IOException e) {
            return fail("wanda-gpu could not be started with " + jdk.executable() + ": " + e.getMessage()
                    + "; set JAVA_HOME to another JDK " + JavaVersion.OLDEST + " or newer");
        }
    }

    private static int fail(String sentence) {
        System.err.println(sentence);
        return 1;
    }
}
