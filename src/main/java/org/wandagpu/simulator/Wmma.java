package org.wandagpu.simulator;

import java.util.List;

/**
 * wmma: loads, stores and products of matrices whose fragments only the hardware knows. Accumulators lie as those of
 * mma.sync do on compute capability 8.0; operands in any order, since programs can only treat all elements alike. B is
 * held as its transpose.
 */
final class Wmma {

    private Wmma() {
    }

    static Operation decode(Statement s) {
        return switch (s.opcode().split("\\.")[1]) {
            case "load" -> transfer(s, true);
            case "store" -> transfer(s, false);
            case "mma" -> multiply(s);
            default -> throw new UnsupportedOperationException(s.opcode());
        };
    }

    private static FragmentLayout layout(int[] shape, String matrix, int elements) {
        return switch (matrix) {
            case "a" -> FragmentLayout.opaque(shape[0], shape[2], elements);
            case "b" -> FragmentLayout.opaque(shape[1], shape[2], elements);
            default -> FragmentLayout.result(shape[0], shape[1]);
        };
    }

    private static Operation transfer(Statement s, boolean loads) {
        Operand address = s.operands().get(loads ? 1 : 0);
        int[] fragment = s.operands().get(loads ? 0 : 1).rows();
        Elements elements = Elements.of(s.type());
        int bytes = elements.bits() / 8;
        if (bytes == 0) {
            throw new UnsupportedOperationException(s.opcode());
        }
        String matrix = s.opcode().split("\\.")[2];
        FragmentLayout layout = layout(Mma.shape(s), matrix, fragment.length * elements.perRegister());
        boolean rowMajor = s.has("row") != matrix.equals("b");
        int stride = s.operands().size() > 2 ? s.row(2) : -1;
        int tight = rowMajor ? layout.columns : layout.rows;
        Spaces.Space space = Spaces.of(s);
        Traffic.Access access = loads ? Traffic.Access.LOAD : Traffic.Access.STORE;
        return (warp, active) -> {
            warp.checkMembers(-1, active);
            Memory memory = Spaces.memory(space, warp);
            long[] places = new long[Warp.LANES];
            for (int i = 0; i < layout.elements(); i++) {
                for (int lane = 0; lane < Warp.LANES; lane++) {
                    int row = layout.place(lane, i) / layout.columns;
                    int column = layout.place(lane, i) % layout.columns;
                    long step = stride < 0 ? tight : (int) warp.rows[stride][lane];
                    places[lane] = warp.rows[address.row()][lane] + address.offset()
                            + bytes * (rowMajor ? row * step + column : column * step + row);
                }
                Traffic.count(space, access, warp, active, places, 0, bytes);
                for (int lane = 0; lane < Warp.LANES; lane++) {
                    if (loads) {
                        elements.putBits(warp.rows, fragment, lane, i,
                                memory.read(warp, lane, places[lane], bytes, false));
                    } else {
                        memory.write(warp, lane, places[lane], bytes,
                                elements.bits(warp.rows, fragment, lane, i), false);
                    }
                }
            }
        };
    }

    private static Operation multiply(Statement s) {
        int[] shape = Mma.shape(s);
        List<Elements> types = Elements.named(s);
        boolean halves = types.size() == 2;
        Elements left = halves ? Elements.of("f16") : types.get(1);
        Elements right = halves ? left : types.get(2);
        int[][] operands = s.operands().stream().map(Operand::rows).toArray(int[][]::new);
        FragmentLayout a = layout(shape, "a", operands[1].length * left.perRegister());
        FragmentLayout b = layout(shape, "b", operands[2].length * right.perRegister());
        FragmentLayout result = layout(shape, "c", 0);
        Products products = Products.of(s);
        boolean saturates = s.has("satfinite");
        return (warp, active) -> {
            warp.checkMembers(-1, active);
            double[] sums = result.gather(warp.rows, operands[3], types.getLast());
            products.add(sums, a.gather(warp.rows, operands[1], left), b.gather(warp.rows, operands[2], right),
                    shape[2]);
            result.scatter(sums, warp.rows, operands[0], types.getFirst(), saturates);
        };
    }
}
