package org.wandagpu.checkpoint.hub;

import java.net.URI;

/**
 * What the hub says about a file before it is fetched.
 *
 * @param commit full hash of the commit that the revision stands for
 * @param etag name of the content: its SHA-256 or git SHA-1 on the hub itself, something else behind other servers
 * @param size bytes, or -1 where the server does not tell
 * @param location where the content is
 */
record FileMetadata(String commit, String etag, long size, URI location) {

    static final long UNKNOWN_SIZE = -1;
}
