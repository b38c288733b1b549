package org.wandagpu.checkpoint;

import java.util.List;

/**
 * One weight file of the output: where each of its bytes comes from. Bytes that neither the header nor a piece covers
 * are those of pruned tensors.
 *
 * @param fileName its name in the output folder
 * @param header what it begins with if it is written anew; empty where a piece brings the source's header
 * @param byteSize bytes of the file
 * @param pieces stretches copied from the source
 */
record OutputShard(String fileName, byte[] header, long byteSize, List<Piece> pieces) {

    /**
     * A stretch of bytes copied as it is.
     *
     * @param source the file it is in
     * @param from its first byte there
     * @param to its first byte in the output
     * @param bytes its length
     */
    record Piece(SafetensorsFile source, long from, long to, long bytes) {

        /** This piece and the next as one, or null if they do not touch in both files. */
        Piece joined(Piece next) {
            return next.source == source && next.from == from + bytes && next.to == to + bytes
                    ? new Piece(source, from, to, bytes + next.bytes)
                    : null;
        }
    }
}
