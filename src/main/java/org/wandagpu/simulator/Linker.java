package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.IntStream;
import org.wandagpu.failure.BadInputException;

/**
 * Puts a kernel and the functions that it may call into one program, and decodes that. Callees stand before their
 * callers: lanes run in the order of their counters, so those that call come back before the others go on.
 */
final class Linker {

    private final PtxSource source;
    private final Rows rows = new Rows();
    private final SharedLayout shared = new SharedLayout(rows);
    /** In the order in which they are laid out. */
    private final Map<String, Body> bodies = new LinkedHashMap<>();
    private final Set<String> begun = new HashSet<>();
    private final Map<String, Frame> frames = new HashMap<>();
    private final Map<Long, Frame> framesByAddress = new HashMap<>();

    private Linker(PtxSource source) {
        this.source = source;
    }

    static PtxKernel link(PtxSource source, String kernel) {
        return new Linker(source).link(kernel);
    }

    private PtxKernel link(String kernel) {
        Body main = BodyParser.entry(source, kernel, rows, shared);
        addCallees(main);
        Set<String> recursive = recursive();
        int at = 0;
        for (Map.Entry<String, Body> function : bodies.entrySet()) {
            addFrame(function.getKey(), function.getValue(), at, recursive.contains(function.getKey()));
            at += function.getValue().statements().size();
        }
        int entry = at;
        bodies.put(kernel, main);
        int sharedBytes = shared.close();
        Program program = program(entry);
        boolean watches = UndefinedChecks.install(program);
        if (!watches && bodies.size() == 1 && main.calls().findAny().isEmpty()) {
            bodies.put(kernel, main.withStatements(RegisterSharing.share(program)));
            program = program(entry);
        }
        return new PtxKernel(kernel, main.symbols().parameterOffsets(), main.symbols().parameterBytes(), rows,
                sharedBytes, main.symbols().localBytes(), program.statements(), program.operations(), program.targets(),
                entry, watches, SideBySide.suits(program.statements(), rows));
    }

    private Program program(int entry) {
        List<Statement> statements = bodies.values().stream().flatMap(body -> body.statements().stream()).toList();
        int size = statements.size();
        int[] starts = IntStream.concat(frames.values().stream().mapToInt(Frame::entry), IntStream.of(entry)).toArray();
        Program program = new Program(statements, new Operation[size], new int[size], new int[size][], starts, rows);
        decode(program);
        return program;
    }

    private void addCallees(Body body) {
        body.callees().forEach(this::add);
        if (body.callsAnything()) {
            source.functions().keySet().forEach(this::add);
        }
    }

    private void add(String function) {
        if (source.functions().containsKey(function) && begun.add(function)) {
            Body body = BodyParser.function(source, function, rows, shared);
            addCallees(body);
            bodies.put(function, body);
        }
    }

    private void addFrame(String name, Body body, int at, boolean recursive) {
        int[] saved = recursive ? IntStream.range(body.firstRow(), body.lastRow())
                .filter(row -> !rows.isConstant(row)).toArray() : new int[0];
        Frame frame = new Frame(at, body.symbols().parameterRows(), body.symbols().slots(),
                body.symbols().localBytes(), saved);
        frames.put(name, frame);
        framesByAddress.put(source.functionAddresses().get(name), frame);
    }

    /** The functions that may come to call themselves; who calls through a pointer may call any. */
    private Set<String> recursive() {
        Map<String, Set<String>> reached = new HashMap<>();
        bodies.forEach((name, body) -> reached.put(name, body.callsAnything() ? new HashSet<>(bodies.keySet())
                : new HashSet<>(body.callees().filter(bodies::containsKey).toList())));
        boolean more = true;
        while (more) {
            more = false;
            for (Set<String> callees : reached.values()) {
                for (String callee : List.copyOf(callees)) {
                    more |= callees.addAll(reached.get(callee));
                }
            }
        }
        Set<String> recursive = new HashSet<>(reached.keySet());
        recursive.removeIf(name -> !reached.get(name).contains(name));
        return recursive;
    }

    private void decode(Program program) {
        Set<Integer> compared = compared(program.statements());
        int first = 0;
        for (Body body : bodies.values()) {
            for (int i = 0; i < body.statements().size(); i++) {
                Statement statement = body.statements().get(i);
                int start = first;
                int[] jumps = IntStream.of(body.jumps()[i]).map(jump -> start + jump).toArray();
                program.jumps()[first + i] = jumps;
                program.operations()[first + i] = operation(asFirstLook(statement, compared), jumps, body.entry());
                program.targets()[first + i] = statement.root().equals("bra") ? jumps[0]
                        : Decoder.code(statement, body.entry());
            }
            first += body.statements().size();
        }
    }

    /** Rows that a compare-and-swap compares with. */
    private static Set<Integer> compared(List<Statement> statements) {
        Set<Integer> rows = new HashSet<>();
        for (Statement statement : statements) {
            if (statement.root().equals("atom") && statement.has("cas") && statement.operands().size() > 2) {
                rows.add(statement.row(2));
            }
        }
        return rows;
    }

    /**
     * The first look of a compare-and-swap loop is a plain load in most CUDA sources. What it finds is checked by the
     * swap, so it is no race with those of others: it counts as a relaxed load.
     */
    private static Statement asFirstLook(Statement s, Set<Integer> compared) {
        boolean firstLook = s.root().equals("ld") && !s.operands().isEmpty() && compared.contains(s.row(0));
        return !firstLook ? s : new Statement(s.guard(), s.guardNegated(), s.opcode().replaceFirst("^ld", "ld.relaxed"),
                s.operands(), s.line(), s.source());
    }

    /** What cannot be run is refused only when it is to be run. */
    private Operation operation(Statement statement, int[] jumps, boolean entry) {
        String missing = missing(statement);
        if (!missing.isEmpty()) {
            return refusal(statement, statement.opcode() + ": " + missing);
        }
        try {
            return switch (statement.root()) {
                case "bra" -> (warp, active) -> { };
                case "brx" -> Calls.indexed(statement, jumps);
                case "call" -> Calls.call(statement, frames, framesByAddress);
                case "ret" -> entry ? (warp, active) -> { } : Calls.leave();
                default -> Decoder.decode(statement, rows);
            };
        } catch (UnsupportedOperationException | IndexOutOfBoundsException | NoSuchElementException e) {
            return refusal(statement, "the simulator does not know the instruction " + statement.opcode());
        }
    }

    private String missing(Statement statement) {
        return switch (statement.root()) {
            case "bra", "brx" -> "";
            case "call" -> {
                String callee = Calls.callee(statement);
                boolean found = callee.isEmpty() || frames.containsKey(callee) || Builtins.NAMES.contains(callee);
                yield found ? "" : "there is no function " + callee;
            }
            default -> statement.operands().stream().map(Operand::name).filter(name -> !name.isEmpty()).findFirst()
                    .map(name -> name + " is not declared").orElse("");
        };
    }

    private Operation refusal(Statement statement, String why) {
        String message = "%s:%d: %s".formatted(source.file(), statement.line(), why);
        return (warp, active) -> {
            throw new BadInputException(message);
        };
    }
}
