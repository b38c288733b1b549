package org.wandagpu.cuda;

/** The calls of the NVIDIA driver that tell what is there. The first two may be made before anything works. */
interface DriverLibrary extends AutoCloseable {

    /** Why there is no driver to call, in words for the user. */
    final class Missing extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Missing(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** @return CUDA's status, 0 if all is well */
    int start();

    int version();

    int deviceCount();

    String name(int device);

    int capabilityMajor(int device);

    int capabilityMinor(int device);

    long memoryBytes(int device);

    @Override
    void close();
}
