package org.wandagpu.simulator;

/** Who touched a stretch of memory: by words, and by bytes for the words of which parts were touched alone. */
final class Shadow {

    private static final int WORD = 4;

    private final Cells words;
    private final int count;
    private Cells bytes;
    private boolean[] split;

    Shadow(int length) {
        count = Math.ceilDiv(length, WORD);
        words = new Cells(count);
    }

    /** @return an access that this one races with, 0 for none */
    long read(int at, int length, long me, Clock clock) {
        if (length >= WORD && bytes == null) {
            long race = words.read(at / WORD, me, clock);
            return length == WORD ? race : either(race, words.read(at / WORD + 1, me, clock));
        }
        long race = 0;
        for (int i = at; i < at + length; i++) {
            if (whole(i, at + length)) {
                race = either(race, words.read(i / WORD, me, clock));
                i += WORD - 1;
            } else {
                race = either(race, bytes.read(i, me, clock));
            }
        }
        return race;
    }

    /**
     * @param same whether the bits that lie there already are stored
     * @return an access that this one races with, 0 for none
     */
    long write(int at, int length, long me, Clock clock, boolean same) {
        if (length >= WORD && bytes == null) {
            long race = words.write(at / WORD, me, clock, same);
            return length == WORD ? race : either(race, words.write(at / WORD + 1, me, clock, same));
        }
        long race = 0;
        for (int i = at; i < at + length; i++) {
            if (whole(i, at + length)) {
                race = either(race, words.write(i / WORD, me, clock, same));
                i += WORD - 1;
            } else {
                race = either(race, bytes.write(i, me, clock, same));
            }
        }
        return race;
    }

    boolean isWritten(int at, int length) {
        if (bytes == null) {
            return words.isWritten(at / WORD) || words.isWritten((at + length - 1) / WORD);
        }
        for (int i = at; i < at + length; i++) {
            if (split[i / WORD] ? bytes.isWritten(i) : words.isWritten(i / WORD)) {
                return true;
            }
        }
        return false;
    }

    private static long either(long a, long b) {
        return a != 0 ? a : b;
    }

    /** Whether the word at {@code at} is one cell and lies wholly before {@code end}; splits it if only a part does. */
    private boolean whole(int at, int end) {
        int word = at / WORD;
        if (bytes != null && split[word]) {
            return false;
        }
        if (at % WORD == 0 && end - at >= WORD) {
            return true;
        }
        if (bytes == null) {
            bytes = new Cells(count * WORD);
            split = new boolean[count];
        }
        split[word] = true;
        words.copyTo(bytes, word, WORD);
        return false;
    }
}
