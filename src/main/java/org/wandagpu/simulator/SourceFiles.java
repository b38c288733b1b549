package org.wandagpu.simulator;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code .file} table, which compilers write after the code that refers to it. */
final class SourceFiles {

    private static final Pattern LINE = Pattern.compile("(?m)^\\s*\\.file\\s+(\\d+)\\s+\"([^\"]*)\"");

    private SourceFiles() {
    }

    /** File names without their folders, by number. */
    static Map<Integer, String> of(String text) {
        Map<Integer, String> files = new HashMap<>();
        Matcher matcher = LINE.matcher(text);
        while (matcher.find()) {
            String path = matcher.group(2);
            files.put(Integer.parseInt(matcher.group(1)), path.substring(path.lastIndexOf('/') + 1));
        }
        return files;
    }
}
