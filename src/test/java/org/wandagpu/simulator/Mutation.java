package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes instructions out of a PTX text by the comments of its CUDA source: what a line with {@code // barrier X} was
 * compiled to, and knows the lines with {@code // needs X}.
 */
final class Mutation {

    private static final Pattern MARK = Pattern.compile("// barrier (.+)");
    private static final Pattern SYNCHRONISES =
            Pattern.compile("\\s*(bar|barrier|membar|fence|cp\\.async\\.(wait_group|commit_group))\\b.*");

    private final String name;
    private final List<String> source;
    private final List<String> ptx;

    Mutation(String name) {
        this.name = name;
        this.source = Ptx.read(name + ".cu").lines().toList();
        this.ptx = Ptx.read(name + ".ptx").lines().toList();
    }

    /** All X of {@code // barrier X} between the head of a kernel and the next one. */
    List<String> barriers(String kernel) {
        List<String> found = new ArrayList<>();
        boolean inside = false;
        for (String line : source) {
            inside = line.startsWith("extern") ? line.contains(" " + kernel + "(") : inside;
            Matcher mark = MARK.matcher(line);
            if (inside && mark.find()) {
                found.add(mark.group(1));
            }
        }
        return found;
    }

    /** The module without what the lines marked with this barrier compile to; lines keep their numbers. */
    Ptx without(String barrier, Schedule schedule) {
        Set<Integer> marked = lines("barrier", barrier);
        StringBuilder text = new StringBuilder();
        Set<Integer> at = Set.of();
        int removed = 0;
        for (String line : ptx) {
            if (line.strip().startsWith(".loc")) {
                at = numbers(line.replaceAll("\\.loc\\s+1 (\\d+)", "$1:").replaceAll("inlined_at 1 (\\d+)", "$1:"));
            }
            boolean remove = SYNCHRONISES.matcher(line).matches() && at.stream().anyMatch(marked::contains);
            removed += remove ? 1 : 0;
            text.append(remove ? "" : line).append('\n');
        }
        if (removed == 0) {
            throw new IllegalStateException("nothing is marked with " + barrier);
        }
        return Ptx.text(name + ".ptx", text.toString(), schedule);
    }

    /** Whether the report names a line that needs the barrier. */
    boolean isAtNeedOf(String barrier, Violation violation) {
        Set<Integer> needs = lines("needs", barrier);
        return numbers(violation.source().replaceAll("[a-z_]+\\.(cu|hpp|h):(\\d+)", "$2:")).stream()
                .anyMatch(needs::contains);
    }

    private Set<Integer> lines(String mark, String barrier) {
        Set<Integer> found = new TreeSet<>();
        for (int i = 0; i < source.size(); i++) {
            int comment = source.get(i).indexOf("// " + mark + " ");
            if (comment >= 0 && List.of(source.get(i).substring(comment + mark.length() + 4).split(", "))
                    .contains(barrier)) {
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
