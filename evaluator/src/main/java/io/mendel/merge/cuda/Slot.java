package io.mendel.merge.cuda;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of the two buffers of a {@link Lane}: a stream, locked host memory and the device memory that it is copied to and
 * from.
 *
 * <p>
 * A slice goes through it in four steps: stage, upload, launch, download. Until {@link #finish} its memory belongs to the
 * stream.
 */
final class Slot implements AutoCloseable {

    private static final long ALIGNMENT = 256;

    private final DeviceMemory memory;
    private final ResidentBlocks resident;
    private final Device.Stream stream;
    private DeviceMemory.@Nullable Locked staging;
    private DeviceMemory.@Nullable Block staged;
    private DeviceMemory.@Nullable Locked result;
    private DeviceMemory.@Nullable Block computed;
    private long used;
    private @Nullable Runnable delivery;

    Slot(Device device, DeviceMemory memory, ResidentBlocks resident) {
        this.memory = memory;
        this.resident = resident;
        this.stream = device.stream();
    }

    /** The room that {@link #put} needs for this many bytes. */
    static long room(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    Device.Stream stream() {
        return stream;
    }

    /** Ends the slice before and makes room for the next. */
    void begin(long inputBytes, long resultBytes) throws DeviceMemoryException {
        begin(inputBytes);
        if (inputBytes > (staged == null ? 0 : staged.size())) {
            close(staged);
            staged = null;
            staged = resident.allocate(inputBytes);
        }
        if (resultBytes > (result == null ? 0 : result.memory().byteSize())) {
            close(result);
            result = null;
            result = memory.lock(resultBytes);
        }
        if (resultBytes > (computed == null ? 0 : computed.size())) {
            close(computed);
            computed = null;
            computed = resident.allocate(resultBytes);
        }
    }

    /** Ends the slice before and makes room for what is forwarded. */
    void begin(long inputBytes) throws DeviceMemoryException {
        finish();
        used = 0;
        if (inputBytes > (staging == null ? 0 : staging.memory().byteSize())) {
            close(staging);
            staging = null;
            staging = memory.lock(inputBytes);
        }
    }

    /** Stages bytes for the upload and returns the address they will have. */
    long put(MemorySegment source) {
        MemorySegment.copy(source, 0, open(staging).memory(), used, source.byteSize());
        long address = open(staged).address() + used;
        used += room(source.byteSize());
        return address;
    }

    /** Uploads what was staged. */
    void upload() {
        if (used > 0) {
            stream.upload(open(staging).memory().asSlice(0, used), open(staged).address());
        }
    }

    /** Copies bytes to an address of the caller's. */
    void forward(MemorySegment source, long address) {
        MemorySegment part = open(staging).memory().asSlice(0, source.byteSize());
        part.copyFrom(source);
        stream.upload(part, address);
    }

    /** Where a kernel puts its result. */
    long resultAddress() {
        return open(computed).address();
    }

    /** Downloads the result; it is passed on when the slice ends. */
    void download(long bytes, Consumer<MemorySegment> consumer) {
        fetch(open(computed).address(), bytes, consumer);
    }

    /** Downloads from an address of the caller's; it is passed on when the slice ends. */
    void fetch(long address, long bytes, Consumer<MemorySegment> consumer) {
        MemorySegment target = open(result).memory().asSlice(0, bytes);
        stream.download(address, target);
        delivery = () -> consumer.accept(target);
    }

    /** Downloads the result straight into locked memory. */
    void downloadTo(MemorySegment target) {
        stream.download(open(computed).address(), target);
    }

    /** Waits until the slice is done and passes its result on. */
    void finish() {
        stream.await();
        Runnable due = delivery;
        delivery = null;
        if (due != null) {
            due.run();
        }
    }

    /** Waits until nothing is done any more, and forgets the result. */
    void abandon() {
        delivery = null;
        stream.await();
    }

    private static <T> T open(@Nullable T memory) {
        if (memory == null) {
            throw new IllegalStateException("A slice must begin first.");
        }
        return memory;
    }

    private static void close(DeviceMemory.@Nullable Locked memory) {
        if (memory != null) {
            memory.close();
        }
    }

    private static void close(DeviceMemory.@Nullable Block memory) {
        if (memory != null) {
            memory.close();
        }
    }

    @Override
    public void close() {
        try {
            abandon();
        } finally {
            stream.close();
            close(staging);
            close(staged);
            close(result);
            close(computed);
        }
    }
}
