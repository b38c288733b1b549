package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spoils a PTX text where the comments of its CUDA source say so: takes out what a line with {@code // barrier X} or
 * {@code // init X} was compiled to, or shifts the bound of a line with {@code // bound X}. Knows the lines with
 * {@code // needs X}. Lines keep their numbers.
 */
final class Mutation {

    private static final Pattern MARK = Pattern.compile("// (barrier|bound|init) ([^,]+)");
    private static final Pattern SYNCHRONISES =
            Pattern.compile("\\s*(bar|barrier|membar|fence|cp\\.async\\.(wait_group|commit_group))\\b.*");
    private static final Pattern STORES = Pattern.compile("\\s*(@!?%p\\d+ )?st\\..*");
    private static final Map<String, String> SHIFTED = Map.of("lt", "le", "le", "lt", "gt", "ge", "ge", "gt");
    private static final Pattern COMPARES = Pattern.compile("(\\s*setp\\.)(lt|le|gt|ge)(\\..*)");

    private final String name;
    private final List<String> source;
    private final List<String> ptx;

    Mutation(String name) {
        this.name = name;
        this.source = Ptx.read(name + ".cu").lines().toList();
        this.ptx = Ptx.read(name + ".ptx").lines().toList();
    }

    /** All X between the head of a kernel and the next one. */
    List<String> marks(String kernel) {
        List<String> found = new ArrayList<>();
        boolean inside = false;
        for (String line : source) {
            inside = line.startsWith("extern") ? line.contains(" " + kernel + "(") : inside;
            Matcher mark = MARK.matcher(line);
            if (inside && mark.find()) {
                found.add(mark.group(2));
            }
        }
        return found;
    }

    /** The module spoiled at the lines with this mark. */
    Ptx at(String mark, Schedule schedule) {
        Set<Integer> marked = lines("(barrier|bound|init)", mark);
        StringBuilder text = new StringBuilder();
        Set<Integer> at = Set.of();
        int changed = 0;
        for (String line : ptx) {
            if (line.strip().startsWith(".loc")) {
                at = numbers(line.replaceAll("\\.loc\\s+1 (\\d+)", "$1:").replaceAll("inlined_at 1 (\\d+)", "$1:"));
            }
            String spoiled = at.stream().anyMatch(marked::contains) ? spoiled(line) : line;
            changed += spoiled.equals(line) ? 0 : 1;
            text.append(spoiled).append('\n');
        }
        if (changed == 0) {
            throw new IllegalStateException("nothing to spoil at " + mark);
        }
        return Ptx.text(name + ".ptx", text.toString(), schedule);
    }

    private static String spoiled(String line) {
        Matcher compares = COMPARES.matcher(line);
        if (compares.matches()) {
            return compares.group(1) + SHIFTED.get(compares.group(2)) + compares.group(3);
        }
        return SYNCHRONISES.matcher(line).matches() || STORES.matcher(line).matches() ? "" : line;
    }

    /** Whether the report names a line that needs what the mark says. */
    boolean isAtNeedOf(String mark, Violation violation) {
        Set<Integer> needs = lines("needs", mark);
        return numbers(violation.source().replaceAll("[a-z_]+\\.(cu|hpp|h):(\\d+)", "$2:")).stream()
                .anyMatch(needs::contains);
    }

    private Set<Integer> lines(String kind, String mark) {
        Pattern wanted = Pattern.compile("(//|,) " + kind + " ([^/]*, )?" + mark + "(,|$)");
        Set<Integer> found = new TreeSet<>();
        for (int i = 0; i < source.size(); i++) {
            if (wanted.matcher(source.get(i)).find()) {
                found.add(i + 1);
            }
        }
        return found;
    }

    private static Set<Integer> numbers(String places) {
        Set<Integer> found = new TreeSet<>();
        Matcher matcher = Pattern.compile("(\\d+):").matcher(places);
        while (matcher.find()) {
            found.add(Integer.parseInt(matcher.group(1)));
        }
        return found;
    }
}
