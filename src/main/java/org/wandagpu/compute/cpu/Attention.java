package org.wandagpu.compute.cpu;

/** Causal attention of each sequence, with grouped key heads, ALiBi and sliding window: splits a call into tasks. */
final class Attention {

    private final Workers workers;
    private final ThreadLocal<QueryBlock> blocks = ThreadLocal.withInitial(QueryBlock::new);
    private final ThreadLocal<SingleQuery> singles = ThreadLocal.withInitial(SingleQuery::new);

    Attention(Workers workers) {
        this.workers = workers;
    }

    void run(AttentionCall call) {
        int runs = Math.multiplyExact(call.sequences(), call.keyHeads());
        if (call.queryLength() == 1) {
            workers.run(runs, task -> singles.get().run(call, task / call.keyHeads(), task % call.keyHeads()));
            return;
        }
        int blocksOfARun = Math.ceilDiv(call.columns(), QueryBlock.COLUMNS);
        workers.run(Math.multiplyExact(runs, blocksOfARun), task -> {
            int run = task / blocksOfARun;
            // the last block of a run sees the most keys: it goes first, so that the threads end together
            int block = blocksOfARun - 1 - task % blocksOfARun;
            blocks.get().run(call, run / call.keyHeads(), run % call.keyHeads(), block * QueryBlock.COLUMNS);
        });
    }
}
