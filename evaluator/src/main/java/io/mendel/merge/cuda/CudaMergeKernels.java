package io.mendel.merge.cuda;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.merge.Consensus;
import io.mendel.merge.Elements;
import io.mendel.merge.FusedMerge;
import io.mendel.merge.Keep;
import io.mendel.merge.MagnitudeCounter;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.RoundedElements;
import io.mendel.merge.TensorKernels;
import io.mendel.merge.WeightedDelta;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Merges tensors on a device, and what a device does not know on the processor.
 *
 * <p>
 * Running out of device memory is no failure: what stays there gives way, then inputs are streamed, and if not even a
 * slice fits, the processor does it.
 */
final class CudaMergeKernels implements TensorKernels, AutoCloseable {

    private final MergeKernels processor;
    private final Device device;
    private final DeviceMemory memory;
    private final ResidentBlocks resident;
    private final RandomMasks masks;
    private final Lanes lanes;
    private final LockedRanges locked;
    private final DeviceStatistics statistics;

    /**
     * Kernels on a device that is closed with them.
     *
     * @param processor kernels for what the device does not do
     * @param budget most bytes of device memory
     * @param residentBudget most bytes of what stays there
     * @param slice elements of a slice
     */
    CudaMergeKernels(Device device, MergeKernels processor, long budget, long residentBudget,
            int slice) {
        this.device = device;
        this.processor = processor;
        this.memory = new DeviceMemory(device, budget);
        this.resident = new ResidentBlocks(memory, residentBudget);
        this.masks = new RandomMasks(resident);
        this.lanes = new Lanes(() -> new Lane(device, memory, resident, slice));
        this.locked = new LockedRanges(device);
        this.statistics = new DeviceStatistics(lanes);
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public boolean merge(FusedMerge merge, List<Tensor> inputs, long from, RoundedElements target) {
        if (!MergeLaunch.knows(inputs)) {
            return false;
        }
        return lanes.use(lane -> {
            List<ResidentBlocks.@Nullable Lease> leases = new ArrayList<>();
            try {
                lease(merge, inputs, from, lane, leases);
                List<DType> types = inputs.stream().map(input -> input.info().dtype()).toList();
                var launch = new MergeLaunch(merge, types, target.rounding(), target.storage(),
                        leases, inputs.getFirst().info().elements());
                lane.stream(inputs, from, target.count(), new Merging(launch, from, target));
                return true;
            } finally {
                for (ResidentBlocks.Lease lease : leases) {
                    if (lease != null) {
                        lease.close();
                    }
                }
            }
        });
    }

    private void lease(FusedMerge merge, List<Tensor> inputs, long from, Lane lane,
            List<ResidentBlocks.@Nullable Lease> leases) {
        if (merge instanceof FusedMerge.Deltas(var deltas, var consensus, float scale)) {
            long elements = inputs.getFirst().info().elements();
            for (FusedMerge.Delta delta : deltas) {
                leases.add(delta.keep() instanceof Keep.Random random
                        ? masks.lease(random, elements, from, lane)
                        : null);
            }
        }
    }

    /** Merges slices into the target. */
    private final class Merging implements Lane.Work {
        private final MergeLaunch launch;
        private final Kernel kernel;
        private final long from;
        private final RoundedElements target;
        private final boolean direct;

        Merging(MergeLaunch launch, long from, RoundedElements target) {
            this.launch = launch;
            this.kernel = launch.kernel();
            this.from = from;
            this.target = target;
            this.direct = locked.holds(target.data());
        }

        @Override
        public long extraBytes(long first, int count) {
            return launch.extraBytes(first, count);
        }

        @Override
        public long resultBytes(int count) {
            return (long) count * target.storage().bytes();
        }

        @Override
        public void run(Slot slot, long[] addresses, long first, int count) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment parameters = launch.parameters(arena, slot, addresses,
                        slot.resultAddress(), first, count);
                slot.upload();
                slot.stream().launch(kernel, Kernel.threads(count), parameters);
            }
            MemorySegment part = target.data()
                    .asSlice((first - from) * target.storage().bytes(), resultBytes(count));
            if (direct) {
                slot.downloadTo(part);
            } else {
                slot.download(part.byteSize(), part::copyFrom);
            }
        }
    }

    @Override
    public double @Nullable [][] products(List<Tensor> inputs, boolean deltas) {
        return MergeLaunch.knows(inputs) ? statistics.products(inputs, deltas) : null;
    }

    @Override
    public OptionalDouble norm(Tensor base, Tensor model, Keep keep) {
        return MergeLaunch.knows(List.of(base, model))
                ? statistics.norm(base, model, keep)
                : OptionalDouble.empty();
    }

    @Override
    public double @Nullable [] keptNorms(Tensor base, Tensor model, Keep keep, boolean largest) {
        return MergeLaunch.knows(List.of(base, model))
                ? statistics.keptNorms(base, model, keep, largest)
                : null;
    }

    @Override
    public @Nullable MagnitudeCounter magnitudes(Tensor base, Tensor model) {
        return MergeLaunch.knows(List.of(base, model))
                ? new DeviceMagnitudes(lanes, resident, base, model)
                : null;
    }

    @Override
    public Arena resultMemory() {
        return locked.arena();
    }

    /** Frees all that can be loaded again, and the slices; nothing may be running. */
    void forget() {
        lanes.close();
        resident.close();
    }

    /** Bytes of device memory in use. */
    long bytes() {
        return memory.bytes();
    }

    /** What stays on the device. */
    ResidentBlocks resident() {
        return resident;
    }

    @Override
    public void weightedSum(List<Elements> inputs, float[] coefficients, RoundedElements target) {
        processor.weightedSum(inputs, coefficients, target);
    }

    @Override
    public void mergeDeltas(Elements base, List<WeightedDelta> deltas, Consensus consensus,
            float scale, long firstIndex, RoundedElements target) {
        processor.mergeDeltas(base, deltas, consensus, scale, firstIndex, target);
    }

    @Override
    public void magnitudes(Elements base, Elements model, int[] bits) {
        processor.magnitudes(base, model, bits);
    }

    @Override
    public double norm(Elements base, Elements model, Keep keep, long firstIndex) {
        return processor.norm(base, model, keep, firstIndex);
    }

    @Override
    public void draw(Keep.Random mask, long firstIndex, long[] words, int from, int count) {
        processor.draw(mask, firstIndex, words, from, count);
    }

    @Override
    public double dot(Elements a, Elements b) {
        return processor.dot(a, b);
    }

    /** Frees everything; fails if something was lost. */
    @Override
    public void close() {
        try {
            lanes.close();
            resident.close();
            locked.close();
            memory.close();
        } finally {
            device.close();
        }
    }
}
