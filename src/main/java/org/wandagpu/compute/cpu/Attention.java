package org.wandagpu.compute.cpu;

/**
 * Causal attention of each sequence, with grouped key heads, ALiBi and sliding window: splits a call into tasks.
 *
 * <p>Which task a query falls into, and so the order of its sums, depends on the lengths of queries and keys and the
 * number of heads, not on other sequences or the number of threads.
 */
final class Attention {

    private final Workers workers;
    private final ThreadLocal<QueryBlock> blocks = ThreadLocal.withInitial(QueryBlock::new);
    private final ThreadLocal<SingleQuery> singles = ThreadLocal.withInitial(SingleQuery::new);
    private float[] results = new float[0];

    Attention(Workers workers) {
        this.workers = workers;
    }

    void run(AttentionCall call) {
        if (call.queryLength() == 1) {
            runSingleQueries(call);
        } else {
            runBlocks(call);
        }
    }

    private void runSingleQueries(AttentionCall call) {
        int keys = call.keyLength() - call.firstKey(call.position(0));
        int ranges = Math.ceilDiv(keys, SingleQuery.RANGE);
        int heads = call.q().count();
        int stride = heads * SingleQuery.resultLength(call);
        int tasks = Math.multiplyExact(call.sequences(), ranges);
        reserve(Math.multiplyExact(tasks, stride));
        workers.run(tasks, task -> singles.get().run(call, task / ranges, task % ranges, results, task * stride));
        for (int sequence = 0; sequence < call.sequences(); sequence++) {
            for (int head = 0; head < heads; head++) {
                int first = sequence * ranges * stride + head * SingleQuery.resultLength(call);
                singles.get().join(call, sequence, head, results, first, stride, ranges);
            }
        }
    }

    private void reserve(int length) {
        if (results.length < length) {
            results = new float[Math.addExact(length, length / 4)]; // a cache grows by one key a call
        }
    }

    private void runBlocks(AttentionCall call) {
        int blocksOfARun = Math.ceilDiv(call.columns(), QueryBlock.COLUMNS);
        int runs = Math.multiplyExact(call.sequences(), call.keyHeads());
        workers.run(Math.multiplyExact(runs, blocksOfARun), task -> {
            int run = task / blocksOfARun;
            // the last block of a run sees the most keys: it goes first, so that the threads end together
            int block = blocksOfARun - 1 - task % blocksOfARun;
            blocks.get().run(call, run / call.keyHeads(), run % call.keyHeads(), block * QueryBlock.COLUMNS);
        });
    }
}
