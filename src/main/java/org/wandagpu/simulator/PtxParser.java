package org.wandagpu.simulator;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Reads a module: variables, and entries through {@link KernelParser}. */
final class PtxParser {

    private final String file;
    private final TokenStream in;
    private final ToLongFunction<Variable> placer;
    private final Map<String, PtxKernel> kernels = new LinkedHashMap<>();
    private final Map<String, Long> globals = new HashMap<>();
    private final Map<String, Variable> shared = new HashMap<>();
    private final Map<Integer, String> sources;

    private PtxParser(String file, String text, ToLongFunction<Variable> placer) {
        this.file = file;
        this.in = new TokenStream(file, text);
        this.placer = placer;
        this.sources = SourceFiles.of(text);
    }

    /** @param placer gives a global variable its device address */
    static PtxModule parse(String file, String text, ToLongFunction<Variable> placer) {
        PtxParser parser = new PtxParser(file, text, placer);
        while (!parser.in.ended()) {
            parser.topLevel();
        }
        return new PtxModule(file, parser.kernels, parser.globals);
    }

    private void topLevel() {
        boolean extern = false;
        while (VariableParser.isLinking(in.peek())) {
            extern |= in.next().is(".extern");
        }
        switch (in.peek().text()) {
            case ".version", ".target", ".address_size", ".file" -> in.skipLine();
            case ".section" -> skipBlock();
            case ".func" -> skipFunction();
            case ".global", ".const", ".shared" -> variable(extern);
            case ".entry" -> {
                in.next();
                PtxKernel kernel = new KernelParser(file, in, sources, globals, shared).parse();
                kernels.put(kernel.name(), kernel);
            }
            default -> throw in.refused("'" + in.peek().text() + "' is not supported by the simulator");
        }
    }

    private void variable(boolean extern) {
        Variable variable = new VariableParser(in).variable(extern);
        in.expect(";");
        if (variable.space().equals(".shared")) {
            shared.put(variable.name(), variable);
        } else {
            globals.put(variable.name(), placer.applyAsLong(variable));
        }
    }

    /** A call is refused where it stands, so that kernels without one still load. */
    private void skipFunction() {
        while (!in.peek().is("{") && !in.peek().is(";")) {
            in.next();
        }
        if (!in.accept(";")) {
            skipBlock();
        }
    }

    private void skipBlock() {
        while (!in.accept("{")) {
            in.next();
        }
        for (int depth = 1; depth > 0;) {
            Token token = in.next();
            depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
        }
    }
}
