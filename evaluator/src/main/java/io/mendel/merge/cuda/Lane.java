package io.mendel.merge.cuda;

import io.mendel.checkpoint.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Streams tensors through a device, slice by slice, in two {@link Slot}s that take turns: while one slice is computed,
 * the next is copied.
 *
 * <p>
 * Tensors that stay on the device are read where they are; the others are copied with each slice. One thread at a time.
 */
final class Lane implements AutoCloseable {

    /** Elements of a slice: some megabytes of each tensor. A multiple of everything that sums are cut into. */
    static final int SLICE = 1 << 21;

    private static final long UPLOAD = 8L << 20;

    private final ResidentBlocks resident;
    private final int slice;
    private final Slot[] slots;

    /**
     * Allocates nothing yet.
     *
     * @param slice elements of a slice, a multiple of 4096
     */
    Lane(Device device, DeviceMemory memory, ResidentBlocks resident, int slice) {
        this.resident = resident;
        this.slice = slice;
        this.slots = new Slot[]{new Slot(device, memory, resident),
            new Slot(device, memory, resident)};
    }

    /** What is done with each slice. */
    interface Work {

        /** Bytes that a slice stages besides its inputs, with their {@link Slot#room}. */
        default long extraBytes(long first, int count) {
            return 0;
        }

        /** Bytes that a slice gives back. */
        long resultBytes(int count);

        /**
         * Stages what else is needed, uploads, launches and downloads.
         *
         * @param addresses of the slice's first element in each input
         * @param first flat index of that element
         * @param count elements of the slice
         */
        void run(Slot slot, long[] addresses, long first, int count);
    }

    /** Works on the elements {@code from … from + count - 1} of all inputs. */
    void stream(List<Tensor> inputs, long from, long count, Work work)
            throws DeviceMemoryException {
        List<ResidentBlocks.@Nullable Lease> leases = new ArrayList<>();
        boolean done = false;
        try {
            for (Tensor input : inputs) {
                leases.add(lease(input));
            }
            int turn = 0;
            for (long start = 0; start < count; start += slice) {
                int length = (int) Math.min(slice, count - start);
                slice(slots[turn], inputs, leases, from + start, length, work);
                turn = 1 - turn;
            }
            slots[turn].finish();
            slots[1 - turn].finish();
            done = true;
        } finally {
            if (!done) {
                slots[0].abandon();
                slots[1].abandon();
            }
            for (ResidentBlocks.Lease lease : leases) {
                if (lease != null) {
                    lease.close();
                }
            }
        }
    }

    private static void slice(Slot slot, List<Tensor> inputs,
            List<ResidentBlocks.@Nullable Lease> leases, long first, int count, Work work)
            throws DeviceMemoryException {
        long bytes = work.extraBytes(first, count);
        for (int m = 0; m < inputs.size(); m++) {
            if (leases.get(m) == null) {
                bytes += Slot.room((long) count * width(inputs.get(m)));
            }
        }
        slot.begin(bytes, work.resultBytes(count));
        long[] addresses = new long[inputs.size()];
        for (int m = 0; m < addresses.length; m++) {
            long offset = first * width(inputs.get(m));
            ResidentBlocks.Lease lease = leases.get(m);
            addresses[m] = lease == null
                    ? slot.put(inputs.get(m)
                            .data()
                            .asSlice(offset, (long) count * width(inputs.get(m))))
                    : lease.address() + offset;
        }
        work.run(slot, addresses, first, count);
    }

    private static int width(Tensor tensor) {
        return tensor.info().dtype().bytes();
    }

    private ResidentBlocks.@Nullable Lease lease(Tensor tensor) {
        MemorySegment data = tensor.data();
        return data.isNative() && data.byteSize() > 0
                ? resident.acquire(new TensorKey(data), data.byteSize(),
                        address -> upload(data, address))
                : null;
    }

    private void upload(MemorySegment data, long address) throws DeviceMemoryException {
        boolean done = false;
        try {
            int turn = 0;
            for (long from = 0; from < data.byteSize(); from += UPLOAD) {
                long bytes = Math.min(UPLOAD, data.byteSize() - from);
                slots[turn].begin(bytes);
                slots[turn].forward(data.asSlice(from, bytes), address + from);
                turn = 1 - turn;
            }
            done = true;
        } finally {
            if (done) {
                slots[0].finish();
                slots[1].finish();
            } else {
                slots[0].abandon();
                slots[1].abandon();
            }
        }
    }

    /** The first of the two, for what is done once. */
    Slot slot() {
        return slots[0];
    }

    @Override
    public void close() {
        slots[0].close();
        slots[1].close();
    }
}
