package org.wandagpu.simulator;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wandagpu.failure.BadInputException;

/** Reads the declarations of a module: places its variables and notes where kernels and functions are. */
final class PtxParser {

    /** No memory lies here, so that reading code as data is an error; functions have 16 bytes each. */
    private static final long FUNCTIONS = 0x1000_0000_0000L;

    private final String file;
    private final TokenStream in;
    private final DeviceMemory memory;
    private final Map<String, Integer> entries = new LinkedHashMap<>();
    private final Map<String, Integer> functions = new LinkedHashMap<>();
    private final Map<String, Long> functionAddresses = new LinkedHashMap<>();
    private final Map<String, String> aliases = new HashMap<>();
    private final Map<String, Long> variables = new HashMap<>();
    private final Map<String, Variable> shared = new HashMap<>();
    private final List<Variable> placed = new ArrayList<>();

    private PtxParser(String file, String text, DeviceMemory memory) {
        this.file = file;
        this.in = new TokenStream(file, text);
        this.memory = memory;
    }

    /** @param memory where variables are placed */
    static PtxSource parse(String file, String text, DeviceMemory memory) {
        PtxParser parser = new PtxParser(file, text, memory);
        TokenStream start = parser.in.from(0);
        while (!parser.in.ended()) {
            parser.topLevel();
        }
        parser.aliases.forEach((alias, name) -> {
            parser.functions.computeIfAbsent(alias, key -> parser.functions.get(name));
            parser.functionAddresses.put(alias, parser.functionAddresses.get(name));
        });
        PtxSource source = new PtxSource(file, start, SourceFiles.of(text), parser.entries, parser.functions,
                parser.variables, parser.functionAddresses, parser.shared);
        parser.placed.forEach(variable -> parser.fill(variable, source));
        return source;
    }

    private void topLevel() {
        boolean extern = false;
        while (VariableParser.isLinking(in.peek())) {
            extern |= in.next().is(".extern");
        }
        switch (in.peek().text()) {
            case ".version", ".target", ".address_size", ".file" -> in.skipLine();
            case ".section" -> {
                while (!in.peek().is("{")) {
                    in.next();
                }
                in.skipBlock();
            }
            case ".pragma" -> in.skipPast(";");
            case ".alias" -> {
                in.next();
                String alias = in.next().text();
                in.expect(",");
                aliases.put(alias, in.next().text());
                in.expect(";");
            }
            case ".global", ".const", ".shared" -> variable(extern);
            case ".func" -> function();
            case ".entry" -> {
                in.next();
                entries.put(in.peek().text(), in.position());
                skipBody();
            }
            case ";" -> in.next();
            default -> throw in.refused("'" + in.peek().text() + "' is not supported by the simulator");
        }
    }

    private void variable(boolean extern) {
        Variable variable = new VariableParser(in).variable(extern);
        in.expect(";");
        if (variable.space().equals(".shared")) {
            shared.put(variable.name(), variable);
        } else if (!variables.containsKey(variable.name())) {
            variables.put(variable.name(), memory.allocate(Math.max(1, variable.bytes())));
            placed.add(variable);
        }
    }

    /** Addresses in a variable are known only when all variables have a place. */
    private void fill(Variable variable, PtxSource source) {
        byte[] content = variable.content() == null ? new byte[variable.bytes()] : variable.content();
        for (Reference reference : variable.references()) {
            reference.resolve(content, name -> {
                Long address = source.address(name);
                if (address == null) {
                    throw new BadInputException("%s: %s names %s, which is not declared".formatted(file,
                            variable.name(), name));
                }
                return address;
            });
        }
        memory.copyIn(variables.get(variable.name()), MemorySegment.ofArray(content));
    }

    private void function() {
        in.next();
        int start = in.position();
        if (in.accept("(")) {
            in.skipPast(")");
        }
        String name = in.next().text();
        functionAddresses.putIfAbsent(name, FUNCTIONS + 16L * functionAddresses.size());
        if (skipBody()) {
            functions.put(name, start);
        }
    }

    /** @return whether there is one: prototypes end with a semicolon */
    private boolean skipBody() {
        while (!in.peek().is("{") && !in.peek().is(";")) {
            in.next();
        }
        if (in.accept(";")) {
            return false;
        }
        in.skipBlock();
        return true;
    }
}
