package org.wandagpu.text;

/** Documents in a fixed order, each read when it is asked for. Not for use by several threads. */
public interface Documents extends AutoCloseable {

    /** How many there are, at least one. */
    int count();

    /**
     * Reads a document.
     *
     * @param index from 0 to {@code count() - 1}
     * @throws org.wandagpu.failure.WorkFailedException if its file cannot be read any more
     */
    String text(int index);

    /** The file they come from, for messages. */
    String where();

    /** Frees what is held; may be called again. */
    @Override
    void close();
}
