package io.mendel.merge.cuda;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.DType;
import io.mendel.merge.Consensus;
import io.mendel.merge.FusedMerge;
import io.mendel.merge.Keep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/**
 * Times merges on a GPU, in bytes read and written per second, beside a copy from device to device.
 *
 * <p>
 * The base and three parents, in bf16, stay on the device; so do results.
 */
final class GpuBench implements AutoCloseable {

    private static final int ROUNDS = 9;
    private static final int BLOCK = 1 << 23;
    private static final int MOST_ELEMENTS = 1 << 30;
    private static final double MILLI = 1e-6;

    /** What is merged: the base's and parents' addresses, the result's, and how many elements. */
    private record Place(long[] inputs, long target, int elements) {}

    /** A kind of merge. */
    private record Method(String name, List<FusedMerge> launches, int inputs,
            List<ResidentBlocks.@Nullable Lease> masks) {}

    private final CudaDevice device;
    private final DeviceMemory memory;
    private final ResidentBlocks resident;
    private final Lane lane;
    private final Device.Stream stream;
    private final int elements;
    private final double copyRate;
    private final List<DeviceMemory.Block> blocks = new ArrayList<>();

    /**
     * Copies something first.
     *
     * @param wanted elements of a tensor; fewer where the memory is small
     */
    GpuBench(CudaDevice device, int wanted) throws DeviceMemoryException {
        this.device = device;
        long free = device.freeBytes() / 100 * 95;
        this.memory = new DeviceMemory(device, free);
        this.resident = new ResidentBlocks(memory, free);
        this.lane = new Lane(device, memory, resident, Lane.SLICE);
        this.stream = device.stream();
        // Four inputs, a result, and three bits of masks.
        long fitting = free * 9 / 10 * 8 / (5 * 16 + 3);
        this.elements = (int) Math.min(Math.min(wanted, MOST_ELEMENTS), fitting) / 4096 * 4096;
        this.copyRate = measureCopy();
    }

    int elements() {
        return elements;
    }

    /** Bytes read and written per nanosecond. */
    double copyRate() {
        return copyRate;
    }

    private double measureCopy() {
        long bytes = 2L * elements;
        try (DeviceMemory.Block from = memory.allocate(bytes);
                DeviceMemory.Block to = memory.allocate(bytes)) {
            double nanos = median(() -> {
                CudaCalls.check(JCudaDriver.cuMemcpyDtoDAsync(CudaAddress.of(to.address()),
                        CudaAddress.of(from.address()), bytes, null), "cuMemcpyDtoDAsync");
                CudaCalls.check(JCudaDriver.cuCtxSynchronize(), "cuCtxSynchronize");
            });
            return 2 * bytes / nanos;
        } catch (DeviceMemoryException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Median of some rounds, in nanoseconds, after one that does not count. */
    private static double median(Runnable work) {
        work.run();
        double[] nanos = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            work.run();
            nanos[round] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[ROUNDS / 2];
    }

    /** Each method on tensors of {@link #elements}. */
    ArrayNode methods() throws DeviceMemoryException {
        ArrayNode results = JsonNodeFactory.instance.arrayNode();
        Place place = place(elements);
        try {
            for (Method method : methodsOn(elements)) {
                double nanos = median(() -> {
                    merge(method, place);
                    stream.await();
                });
                results.add(result(method, place.elements(), nanos));
            }
            resident.close();
        } finally {
            free();
        }
        return results;
    }

    private ObjectNode result(Method method, long count, double nanos) {
        long masks = method.masks.stream().filter(mask -> mask != null).count();
        double bytes = method.launches.size() * 2.0 * count
                * (method.inputs / method.launches.size() + 1) + masks * count / 8.0;
        return JsonNodeFactory.instance.objectNode()
                .put("method", method.name)
                .put("kernel", launch(method, 0, count).kernel().name())
                .put("elements", count)
                .put("bytes", (long) bytes)
                .put("milliseconds", nanos * MILLI)
                .put("gb_per_second", bytes / nanos)
                .put("share_of_copy", bytes / nanos / copyRate);
    }

    private List<Method> methodsOn(long count) throws DeviceMemoryException {
        var random = new Keep.Random(7, 1L << 51);
        var largest = new Keep.Largest(Float.floatToIntBits(0.005f), count);
        var band = new Keep.Band(largest, new Keep.Largest(Float.floatToIntBits(0.009f), 0));
        List<ResidentBlocks.@Nullable Lease> bits = new ArrayList<>();
        var masks = new RandomMasks(resident);
        for (int m = 0; m < 3; m++) {
            var own = new Keep.Random(m, 1L << 51);
            masks.lease(own, count, 0, lane);
            bits.add(masks.lease(own, count, 0, lane));
        }
        List<ResidentBlocks.@Nullable Lease> none = Collections.nCopies(3, null);
        return List.of(
                new Method("linear", List.of(new FusedMerge.Sum(new float[]{.4f, .3f, .2f, .1f})),
                        4, List.of()),
                new Method("slerp (of 2, twice)",
                        Collections.nCopies(2, new FusedMerge.Sum(new float[]{.6f, .5f})), 4,
                        List.of()),
                new Method("task_arithmetic", List.of(deltas(Consensus.SUM, new Keep.All())), 4,
                        none),
                new Method("ties", List.of(deltas(Consensus.ELECTED_MEAN, largest)), 4, none),
                new Method("breadcrumbs_ties", List.of(deltas(Consensus.ELECTED_SUM, band)), 4,
                        none),
                new Method("dare_ties, masks kept",
                        List.of(deltas(Consensus.ELECTED_SUM, random)), 4, bits),
                new Method("dare_ties, drawing", List.of(deltas(Consensus.ELECTED_SUM, random)),
                        4, none));
    }

    private static FusedMerge deltas(Consensus consensus, Keep keep) {
        return new FusedMerge.Deltas(Collections.nCopies(3, new FusedMerge.Delta(keep, .7f, .35f)),
                consensus, 1);
    }

    private MergeLaunch launch(Method method, int number, long count) {
        int inputs = method.inputs / method.launches.size();
        return new MergeLaunch(method.launches.get(number), Collections.nCopies(inputs, DType.BF16),
                DType.BF16, DType.BF16, method.masks, count);
    }

    private void merge(Method method, Place place) {
        int inputs = method.inputs / method.launches.size();
        for (int i = 0; i < method.launches.size(); i++) {
            MergeLaunch launch = launch(method, i, place.elements);
            try (Arena arena = Arena.ofConfined()) {
                long[] addresses = Arrays.copyOfRange(place.inputs, i * inputs, (i + 1) * inputs);
                // Nothing is staged: all that these merges need is on the device.
                MemorySegment parameters = launch.parameters(arena, lane.slot(), addresses,
                        place.target, 0, place.elements);
                stream.launch(launch.kernel(), Kernel.threads(place.elements), parameters);
            }
        }
    }

    /** A candidate of Llama 2 7B's shape, tensor by tensor. */
    ArrayNode candidate(List<Integer> tensors) throws DeviceMemoryException {
        ArrayNode results = JsonNodeFactory.instance.arrayNode();
        long all = tensors.stream().mapToLong(count -> Slot.room(2L * count)).sum();
        Place place = place(all / 2);
        try {
            for (Method method : methodsOn(4096)) {
                if (method.masks.stream().anyMatch(mask -> mask != null)) {
                    continue;
                }
                double nanos = median(() -> {
                    long offset = 0;
                    for (int count : tensors) {
                        long at = offset;
                        merge(method,
                                new Place(Arrays.stream(place.inputs).map(a -> a + at).toArray(),
                                        place.target + at, count));
                        offset += Slot.room(2L * count);
                    }
                    stream.await();
                });
                long elements = tensors.stream().mapToLong(count -> count).sum();
                results.add(result(method, elements, nanos).put("tensors", tensors.size()));
            }
            resident.close();
        } finally {
            free();
        }
        return results;
    }

    /** The 291 tensors of Llama 2 7B, or of a model with fewer and smaller ones. */
    static List<Integer> llama(int layers, int hidden, int inner, int vocabulary) {
        List<Integer> tensors = new ArrayList<>(List.of(vocabulary * hidden));
        for (int layer = 0; layer < layers; layer++) {
            tensors.addAll(Collections.nCopies(4, hidden * hidden));
            tensors.addAll(Collections.nCopies(3, hidden * inner));
            tensors.addAll(Collections.nCopies(2, hidden));
        }
        tensors.add(hidden);
        tensors.add(vocabulary * hidden);
        return tensors;
    }

    /** Four inputs of random numbers and room for a result. */
    private Place place(long count) throws DeviceMemoryException {
        long[] addresses = new long[5];
        for (int i = 0; i < addresses.length; i++) {
            DeviceMemory.Block block = memory.allocate(2 * count);
            blocks.add(block);
            addresses[i] = block.address();
        }
        int length = (int) Math.min(count, BLOCK);
        try (DeviceMemory.Locked locked = memory.lock(2L * length)) {
            for (int m = 0; m < 4; m++) {
                fill(locked.memory(), m, length);
                for (long from = 0; from < 2 * count; from += 2L * length) {
                    long bytes = Math.min(2L * length, 2 * count - from);
                    stream.upload(locked.memory().asSlice(0, bytes), addresses[m] + from);
                }
                stream.await();
            }
        }
        return new Place(Arrays.copyOf(addresses, 4), addresses[4],
                (int) Math.min(count, MOST_ELEMENTS));
    }

    /** A base, and parents that differ from it by up to 0.01. */
    private static void fill(MemorySegment target, int model, int length) {
        var base = new SplittableRandom(0);
        var delta = new SplittableRandom(model);
        for (int i = 0; i < length; i++) {
            float value = (float) base.nextDouble(-0.1, 0.1)
                    + (model == 0 ? 0 : (float) delta.nextDouble(-0.01, 0.01));
            target.setAtIndex(ValueLayout.JAVA_SHORT, i,
                    (short) (Float.floatToIntBits(value) >>> 16));
        }
    }

    private void free() {
        blocks.forEach(DeviceMemory.Block::close);
        blocks.clear();
    }

    @Override
    public void close() {
        free();
        stream.close();
        lane.close();
        resident.close();
        memory.close();
        device.close();
    }
}
