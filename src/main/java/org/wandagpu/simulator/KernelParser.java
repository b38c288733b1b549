package org.wandagpu.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.wandagpu.failure.BadInputException;

/** Reads one entry. Braces of inline assembly open a scope for registers and labels. */
final class KernelParser {

    private final String file;
    private final TokenStream in;
    private final Map<Integer, String> sources;
    private final Rows rows = new Rows();
    private final KernelSymbols symbols;
    private final List<Statement> statements = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Deque<Integer> scopes = new ArrayDeque<>();
    private int scopeCount;
    private String source = "";

    KernelParser(String file, TokenStream in, Map<Integer, String> sources, Map<String, Long> globals,
            Map<String, Variable> moduleShared) {
        this.file = file;
        this.in = in;
        this.sources = sources;
        this.symbols = new KernelSymbols(rows, globals, moduleShared);
    }

    /** Reads from the kernel's name to the closing brace. */
    PtxKernel parse() {
        String name = in.next().text();
        if (in.accept("(")) {
            while (!in.accept(")")) {
                symbols.declare(new VariableParser(in).variable(false));
                in.accept(",");
            }
        }
        while (!in.peek().is("{")) {
            in.next();
        }
        block();
        statements.add(new Statement(-1, false, "ret", List.of(), in.peek().line(), source));
        symbols.close();
        List<Operation> operations = new ArrayList<>();
        int[] targets = new int[statements.size()];
        for (int i = 0; i < targets.length; i++) {
            operations.add(decode(statements.get(i)));
            targets[i] = target(statements.get(i));
        }
        Operation[] checked = operations.toArray(Operation[]::new);
        boolean watches = UndefinedChecks.install(statements, targets, rows, checked);
        return new PtxKernel(name, symbols.parameterOffsets(), symbols.parameterBytes(), rows, symbols.sharedBytes(),
                symbols.localBytes(), statements, checked, targets, watches);
    }

    private Operation decode(Statement statement) {
        try {
            return Decoder.decode(statement, rows);
        } catch (UnsupportedOperationException | IndexOutOfBoundsException e) {
            throw new BadInputException("%s:%d: the simulator does not know the instruction %s".formatted(file,
                    statement.line(), statement.opcode()), e);
        }
    }

    private int target(Statement statement) {
        if (!statement.root().equals("bra")) {
            return Decoder.code(statement);
        }
        for (String name : statement.operands().getLast().label().split(" ")) {
            Integer found = labels.get(name);
            if (found != null) {
                return found;
            }
        }
        throw new BadInputException("%s:%d: no such label".formatted(file, statement.line()));
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
            labels.put(scopes.peek() + "/" + in.next().text(), statements.size());
            in.expect(":");
        } else if (first.text().startsWith(".")) {
            directive(first.text());
        } else {
            instruction();
        }
    }

    private void directive(String name) {
        switch (name) {
            case ".loc" -> location();
            case ".pragma", ".callprototype" -> {
                while (!in.accept(";")) {
                    in.next();
                }
            }
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
        String from = sources.getOrDefault(in.integer(), "?");
        int number = in.integer();
        String place = from + ":" + number;
        while (in.peek().line() == line) {
            if (in.next().is("inlined_at")) {
                String caller = sources.getOrDefault(in.integer(), "?");
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
        if (opcode.text().startsWith("call") || opcode.text().startsWith("brx")) {
            throw in.refused("the simulator does not know the instruction " + opcode.text());
        }
        List<Operand> operands = new ArrayList<>();
        while (!in.accept(";")) {
            operands.add(pair());
            if (!in.accept(",") && !in.peek().is(";")) {
                throw in.refused("';' expected, not '" + in.peek().text() + "'");
            }
        }
        statements.add(new Statement(guard, negated, opcode.text(), operands, opcode.line(), source));
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
            int base = operand().row();
            long offset = in.accept("+") ? signed() : in.peek().is("-") ? signed() : 0;
            in.expect("]");
            return Operand.address(base, offset);
        }
        if (in.accept("!")) {
            return Operand.negated(operand().row());
        }
        if (in.peek().is("-") || in.peek().kind() == Token.Kind.NUMBER) {
            return Operand.row(rows.constant(signed()));
        }
        return word(in.next());
    }

    private long signed() {
        return in.accept("-") ? -Literals.bits(in.next().text()) : Literals.bits(in.next().text());
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
        return Operand.label(scopes.stream().map(scope -> scope + "/" + token.text())
                .collect(Collectors.joining(" ")));
    }
}
