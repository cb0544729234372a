package io.mendel.merge.cuda;

import java.lang.foreign.MemorySegment;

/**
 * What merging needs of a device: memory, streams and kernels.
 *
 * <p>
 * A device address is a number. Work on a stream is done in order, later than the call returns; work on different streams
 * in any order. Memory that a stream still uses must not be changed or freed. Thread-safe.
 */
interface Device extends AutoCloseable {

    /** As after {@code --device}. */
    String name();

    /** Bytes that can be allocated, roughly. */
    long freeBytes();

    /**
     * Allocates device memory; its address is a multiple of 256.
     *
     * @param bytes at least 1
     */
    long allocate(long bytes) throws DeviceMemoryException;

    /** Frees what {@link #allocate} returned. */
    void free(long address);

    /** Locks host memory, so that streams can copy from and to it while other work goes on. */
    void lock(MemorySegment memory) throws DeviceMemoryException;

    /** Unlocks what {@link #lock} locked, before it is freed. */
    void unlock(MemorySegment memory);

    /** A new stream; its user closes it. */
    Stream stream();

    /** A sequence of work. */
    interface Stream extends AutoCloseable {

        /** Copies locked host memory to the device. */
        void upload(MemorySegment source, long address);

        /** Copies device memory to locked host memory. */
        void download(long address, MemorySegment target);

        /** Fills device memory with zeros. */
        void clear(long address, long bytes);

        /**
         * Runs a kernel.
         *
         * @param kernel which one
         * @param threads how many; more may run
         * @param parameters its structure; is copied before the call returns
         */
        void launch(Kernel kernel, int threads, MemorySegment parameters);

        /** Waits until everything is done. */
        void await();

        @Override
        void close();
    }

    @Override
    void close();
}
