package io.mendel.campaign;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.MergePlan;
import io.mendel.merge.MergedModel;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.TensorMerge;
import io.mendel.merge.cuda.MergeDevice;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a merge will do, found out without writing anything.
 *
 * @param plan the checked plan
 * @param parameters number of weights of the merged model
 * @param bytesRead bytes of the parents' tensors that go in
 * @param bytesWritten bytes of the tensors that come out
 * @param seconds how long merging takes, extrapolated from a sample; the time of the disk comes on top
 * @since 0.1
 */
public record MergePreview(MergePlan plan, long parameters, long bytesRead, long bytesWritten,
        double seconds) {

    private static final long SAMPLE_BYTES = 32L << 20;

    static MergePreview of(MergePlan plan, Map<String, Checkpoint> models, int threads,
            MergeDevice device) {
        long parameters = 0;
        long read = 0;
        long written = 0;
        for (TensorMerge merge : plan.tensors().values()) {
            TensorInfo output = merge.output();
            parameters += output.dtype().isFloat() ? output.elements() : 0;
            read += inputBytes(merge, models);
            written += output.byteSize();
        }
        return new MergePreview(plan, parameters, read, written,
                seconds(plan, models, threads, device, read));
    }

    private static long inputBytes(TensorMerge merge, Map<String, Checkpoint> models) {
        return merge.inputs()
                .stream()
                .mapToLong(input -> Objects.requireNonNull(
                        Objects.requireNonNull(models.get(input.model()))
                                .tensors()
                                .get(input.tensor()))
                        .byteSize())
                .sum();
    }

    /** Merges some of the tensors into memory, twice, because the first time is spent on compiling. */
    private static double seconds(MergePlan plan, Map<String, Checkpoint> models, int threads,
            MergeDevice device, long bytesRead) {
        var sample = new TreeMap<String, TensorMerge>();
        long sampled = 0;
        for (var entry : plan.tensors().entrySet()) {
            if (sampled < SAMPLE_BYTES && entry.getValue().output().dtype().isFloat()) {
                sample.put(entry.getKey(), entry.getValue());
                sampled += inputBytes(entry.getValue(), models);
            }
        }
        if (sampled == 0) {
            return 0;
        }
        var part = new MergePlan(plan.recipe(), sample, plan.donor(), plan.layers(),
                plan.tiedEmbeddings(), plan.dtype());
        double seconds = 0;
        for (int round = 0; round < 2; round++) {
            long start = System.nanoTime();
            try (Merger merger = Merger.create(models, StatisticsStore.inMemory(),
                    device.kernelsForOneMerge(plan.elements()), threads)) {
                MergedModel model = merger.open(part);
                for (TensorMerge merge : sample.values()) {
                    try (Arena arena = Arena.ofShared()) {
                        model.read(merge.output().name(),
                                arena.allocate(4 * merge.output().elements()));
                    }
                }
            }
            seconds = (System.nanoTime() - start) / 1e9;
        }
        return seconds * bytesRead / sampled;
    }
}
