package org.wandagpu.launcher;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Copies the child's standard error to the launcher's, all but the line in which every JVM that is started with the
 * Vector API says so: no option silences it, and a message to the user is to be one line.
 */
final class StandardError extends Thread {

    private static final String WARNING = "WARNING: Using incubator modules: " + Jdk.VECTOR_MODULE;

    private final InputStream child;

    StandardError(InputStream child) {
        super("standard error");
        this.child = child;
    }

    @Override
    public void run() {
        byte[] buffer = new byte[8192];
        try (InputStream in = child;
                OutputStream out = new WithoutLine(new FileOutputStream(FileDescriptor.err), WARNING)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // nobody reads standard error any more: closing the child's end tells it so
        }
    }
}
