package org.wandagpu.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The program's arguments on their way to the child, byte for byte.
 *
 * <p>Java decodes arguments by the locale and loses what the locale cannot say, in the C locale every character beyond
 * ASCII. On Linux the bytes are still to be had; where they and the decoded arguments differ, they go to the child in
 * an argument file, a feature of the {@code java} command, instead of on its command line.
 */
final class Arguments {

    private static final Path OWN_COMMAND_LINE = Paths.get("/proc/self/cmdline");

    private final List<String> decoded;
    private final List<byte[]> bytes;

    private Arguments(List<String> decoded, List<byte[]> bytes) {
        this.decoded = decoded;
        this.bytes = bytes;
    }

    /** The arguments of this very process. */
    static Arguments of(String[] arguments) {
        byte[] commandLine = new byte[0];
        try {
            commandLine = Files.readAllBytes(OWN_COMMAND_LINE);
        } catch (IOException e) {
            // another system than Linux: the decoded arguments have to do
        }
        return of(arguments, commandLine, Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
    }

    /**
     * The arguments of a process.
     *
     * @param arguments as Java decoded them
     * @param commandLine the whole command line, a zero byte after each argument; empty if not known
     * @param charset what Java decoded with
     */
    static Arguments of(String[] arguments, byte[] commandLine, Charset charset) {
        List<byte[]> all = split(commandLine);
        if (all.size() < arguments.length) {
            return new Arguments(Arrays.asList(arguments), null);
        }
        List<byte[]> last = all.subList(all.size() - arguments.length, all.size());
        boolean lossless = true;
        for (int i = 0; i < arguments.length; i++) {
            boolean equal = Arrays.equals(arguments[i].getBytes(charset), last.get(i));
            lossless &= equal;
            if (!equal && isAscii(last.get(i))) { // given in an argument file themselves
                return new Arguments(Arrays.asList(arguments), null);
            }
        }
        return new Arguments(Arrays.asList(arguments), lossless ? null : last);
    }

    private static List<byte[]> split(byte[] commandLine) {
        List<byte[]> parts = new ArrayList<byte[]>();
        int start = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                parts.add(Arrays.copyOfRange(commandLine, start, i));
                start = i + 1;
            }
        }
        return parts;
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    boolean needFile() {
        return bytes != null;
    }

    /** Main class and arguments for a command line. */
    List<String> words(String mainClass) {
        List<String> words = new ArrayList<String>(Collections.singletonList(mainClass));
        words.addAll(decoded);
        return words;
    }

    /** Main class and arguments as an argument file of the {@code java} command. */
    byte[] file(String mainClass) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] name = mainClass.getBytes(StandardCharsets.US_ASCII);
        out.write(name, 0, name.length);
        out.write('\n');
        for (byte[] argument : bytes) {
            out.write('"');
            for (byte b : argument) {
                writeQuoted(b, out);
            }
            out.write('"');
            out.write('\n'); // without it an empty argument at the end would be overlooked
        }
        return out.toByteArray();
    }

    private static void writeQuoted(byte b, ByteArrayOutputStream out) {
        int escape = "\n\r\t\f\\\"".indexOf(b);
        if (escape >= 0) {
            out.write('\\');
            out.write("nrtf\\\"".charAt(escape));
        } else {
            out.write(b);
        }
    }
}
