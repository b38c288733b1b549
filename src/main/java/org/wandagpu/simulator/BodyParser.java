package org.wandagpu.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.wandagpu.failure.BadInputException;

/** Reads one kernel or function. Braces of inline assembly open a scope for registers and labels. */
final class BodyParser {

    private final PtxSource module;
    private final TokenStream in;
    private final boolean entry;
    private final Rows rows;
    private final Symbols symbols;
    private final List<Statement> statements = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<String, List<String>> branchTargets = new HashMap<>();
    private final Deque<Integer> scopes = new ArrayDeque<>();
    private int scopeCount;
    private String source = "";

    private BodyParser(PtxSource module, int position, boolean entry, Rows rows, SharedLayout shared) {
        this.module = module;
        this.in = module.tokens().from(position);
        this.entry = entry;
        this.rows = rows;
        this.symbols = new Symbols(rows, module, shared, entry);
    }

    static Body entry(PtxSource module, String name, Rows rows, SharedLayout shared) {
        return new BodyParser(module, module.entries().get(name), true, rows, shared).parse();
    }

    static Body function(PtxSource module, String name, Rows rows, SharedLayout shared) {
        return new BodyParser(module, module.functions().get(name), false, rows, shared).parse();
    }

    /** Reads from the results of a function or the name of a kernel to the closing brace. */
    private Body parse() {
        int firstRow = rows.count();
        parameters();
        in.next();
        parameters();
        while (!in.peek().is("{")) {
            in.next();
        }
        block();
        statements.add(new Statement(-1, false, "ret", List.of(), in.peek().line(), source));
        int[][] jumps = statements.stream().map(this::jumps).toArray(int[][]::new);
        return new Body(entry, statements, jumps, symbols, firstRow, rows.count());
    }

    private void parameters() {
        if (in.accept("(")) {
            while (!in.accept(")")) {
                if (in.peek().is(".reg")) {
                    throw in.refused("parameters in registers are not supported by the simulator");
                }
                symbols.parameter(new VariableParser(in).variable(false));
                in.accept(",");
            }
        }
    }

    /** Where a branch may go, by index of the instruction; empty for other instructions. */
    private int[] jumps(Statement statement) {
        boolean jumps = statement.root().equals("bra") || statement.root().equals("brx");
        if (jumps && statement.operands().isEmpty()) {
            throw noLabel(statement);
        }
        if (statement.root().equals("bra")) {
            return new int[] {place(statement, statement.operands().getLast().label())};
        }
        if (!jumps) {
            return new int[0];
        }
        for (String name : statement.operands().getLast().label().split(" ")) {
            List<String> targets = branchTargets.get(name);
            if (targets != null) {
                return targets.stream().mapToInt(target -> place(statement, target)).toArray();
            }
        }
        throw noLabel(statement);
    }

    private int place(Statement statement, String names) {
        for (String name : names.split(" ")) {
            Integer found = labels.get(name);
            if (found != null) {
                return found;
            }
        }
        throw noLabel(statement);
    }

    private BadInputException noLabel(Statement statement) {
        return new BadInputException("%s:%d: no such label".formatted(module.file(), statement.line()));
    }

    private void block() {
        in.expect("{");
        scopes.push(scopeCount++);
        symbols.open();
        while (!in.accept("}")) {
            statement();
        }
        symbols.leave();
        scopes.pop();
    }

    private void statement() {
        Token first = in.peek();
        if (first.is("{")) {
            block();
        } else if (in.accept(";")) {
            return;
        } else if (in.peek(1).is(":")) {
            label();
        } else if (first.text().startsWith(".")) {
            directive(first.text());
        } else {
            instruction();
        }
    }

    private void label() {
        String name = scopes.peek() + "/" + in.next().text();
        in.expect(":");
        if (!in.accept(".branchtargets")) {
            labels.put(name, statements.size());
            return;
        }
        List<String> targets = new ArrayList<>();
        do {
            targets.add(scoped(in.next().text()));
        } while (in.accept(","));
        in.expect(";");
        branchTargets.put(name, targets);
    }

    private void directive(String name) {
        switch (name) {
            case ".loc" -> location();
            case ".pragma", ".callprototype", ".calltargets" -> in.skipPast(";");
            case ".reg" -> registers();
            case ".shared", ".local", ".const", ".global", ".param" -> {
                symbols.declare(new VariableParser(in).variable(false));
                in.expect(";");
            }
            default -> throw in.refused("'" + name + "' is not supported by the simulator");
        }
    }

    private void location() {
        int line = in.peek().line();
        in.next();
        String from = module.files().getOrDefault(in.integer(), "?");
        int number = in.integer();
        String place = from + ":" + number;
        while (in.peek().line() == line) {
            if (in.next().is("inlined_at")) {
                String caller = module.files().getOrDefault(in.integer(), "?");
                place += " inlined at " + caller + ":" + in.integer();
            }
        }
        source = number == 0 ? source : place;
    }

    private void registers() {
        in.next();
        do {
            in.next();
        } while (in.peek().text().startsWith("."));
        do {
            String name = in.next().text();
            if (in.accept("<")) {
                int count = in.integer();
                in.expect(">");
                for (int i = 0; i < count; i++) {
                    symbols.register(name + i);
                }
            } else {
                symbols.register(name);
            }
        } while (in.accept(","));
        in.expect(";");
    }

    private void instruction() {
        int guard = -1;
        boolean negated = false;
        if (in.accept("@")) {
            negated = in.accept("!");
            guard = operand().row();
        }
        Token opcode = in.next();
        List<Operand> operands = new ArrayList<>();
        while (!in.accept(";")) {
            operands.add(in.peek().is("(") ? list() : opcode.text().startsWith("call") ? callee() : pair());
            if (!in.accept(",") && !in.peek().is(";")) {
                throw in.refused("';' expected, not '" + in.peek().text() + "'");
            }
        }
        statements.add(new Statement(guard, negated, inItsSpace(opcode.text(), operands), operands, opcode.line(),
                source));
    }

    /** What calls pass lies in local memory here; only a kernel's own parameters are a space of their own. */
    private String inItsSpace(String opcode, List<Operand> operands) {
        boolean local = opcode.startsWith("st.param")
                || opcode.startsWith("ld.param") && operands.size() > 1 && (!entry || symbols.isLocal(operands.get(1).row()));
        return local ? opcode.replaceFirst("\\.param(::func|::entry)?", ".local") : opcode;
    }

    /** A function by name, or a pointer to one. */
    private Operand callee() {
        boolean function = module.functionAddresses().containsKey(in.peek().text());
        return function ? Operand.label(scoped(in.next().text())) : operand();
    }

    /** Results or arguments of a call. */
    private Operand list() {
        in.expect("(");
        List<Operand> parts = new ArrayList<>();
        while (!in.accept(")")) {
            parts.add(operand());
            in.accept(",");
        }
        return Operand.many(Operand.Kind.LIST, parts);
    }

    private Operand pair() {
        Operand first = operand();
        return in.accept("|") ? Operand.many(Operand.Kind.PAIR, List.of(first, operand())) : first;
    }

    private Operand operand() {
        if (in.accept("{")) {
            List<Operand> parts = new ArrayList<>();
            while (!in.accept("}")) {
                parts.add(operand());
                in.accept(",");
            }
            return Operand.many(Operand.Kind.VECTOR, parts);
        }
        if (in.accept("[")) {
            Operand base = operand();
            long offset = in.accept("+") || in.peek().is("-") ? in.signed() : 0;
            in.expect("]");
            return Operand.address(base, offset);
        }
        if (in.accept("!")) {
            return Operand.negated(operand().row());
        }
        if (in.peek().is("-") || in.peek().kind() == Token.Kind.NUMBER) {
            return Operand.row(rows.constant(in.signed()));
        }
        return word(in.next());
    }

    private Operand word(Token token) {
        if (token.is("_")) {
            return Operand.sink();
        }
        int row = symbols.row(token.text());
        if (row >= 0) {
            return Operand.row(row);
        }
        if (token.text().startsWith("%")) {
            throw in.refused("no register " + token.text());
        }
        return Operand.label(scoped(token.text()));
    }

    /** The names that a label may have, from the innermost scope outwards; the last is the bare one. */
    private String scoped(String label) {
        return scopes.stream().map(scope -> scope + "/" + label).collect(Collectors.joining(" ")) + " " + label;
    }
}
