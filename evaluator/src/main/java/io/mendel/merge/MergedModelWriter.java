package io.mendel.merge;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointWriter;
import io.mendel.checkpoint.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Streams a merged model to disk.
 *
 * <p>
 * A tensor of several chunks is merged by all threads together while the one before is written; small tensors are
 * merged and written by one thread each. Memory holds two large tensors, or one small one for each thread.
 */
final class MergedModelWriter {

    private final MergedModel model;
    private final ModelCompanions companions;
    private final Workers workers;
    private final int chunk;
    private final AtomicReference<@Nullable CheckpointException> failure = new AtomicReference<>();
    private final WriteOptions.Progress progress;
    private final long maxShardBytes;
    private final long totalBytes;
    private long writtenBytes;

    MergedModelWriter(MergedModel model, ModelCompanions companions, Workers workers,
            int chunk, WriteOptions options) {
        this.model = model;
        this.companions = companions;
        this.workers = workers;
        this.chunk = chunk;
        this.progress = options.progress();
        this.maxShardBytes = options.maxShardBytes();
        this.totalBytes = model.tensors().values().stream().mapToLong(TensorInfo::byteSize).sum();
    }

    void write(Path directory) throws CheckpointException {
        List<TensorMerge> merges = List.copyOf(model.plan().tensors().values());
        var large = new ArrayList<TensorMerge>();
        var small = new ArrayList<TensorMerge>();
        for (TensorMerge merge : merges) {
            (merge.output().elements() > chunk ? large : small).add(merge);
        }
        try (var writer = CheckpointWriter.create(directory,
                merges.stream().map(TensorMerge::output).toList(),
                maxShardBytes)) {
            writeLarge(large, writer);
            workers.forEach(small.size(), i -> writeSmall(small.get((int) i), writer));
            CheckpointException failed = failure.get();
            if (failed != null) {
                throw failed;
            }
            writer.text("config.json", model.config().toPrettyString() + "\n");
            companions.write(writer);
            writer.commit();
        }
    }

    private void writeLarge(List<TensorMerge> merges, CheckpointWriter writer) {
        long largest = merges.stream()
                .mapToLong(merge -> merge.output().byteSize())
                .max()
                .orElse(0);
        try (Arena arena = Arena.ofShared(); var disk = Executors.newSingleThreadExecutor()) {
            var buffers = List.of(arena.allocate(largest), arena.allocate(largest));
            var pending = new ArrayList<>(List.of(done(), done()));
            for (int i = 0; i < merges.size() && failure.get() == null; i++) {
                TensorMerge merge = merges.get(i);
                MemorySegment data = buffers.get(i % 2).asSlice(0, merge.output().byteSize());
                pending.get(i % 2).join();
                model.merge(merge, data, merge.output().dtype());
                pending.set(i % 2,
                        CompletableFuture.runAsync(() -> store(merge, data, writer), disk));
            }
            pending.forEach(CompletableFuture::join);
        }
    }

    private static CompletableFuture<@Nullable Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private void writeSmall(TensorMerge merge, CheckpointWriter writer) {
        if (failure.get() != null) {
            return;
        }
        try (Arena arena = Arena.ofShared()) {
            MemorySegment data = arena.allocate(merge.output().byteSize());
            model.merge(merge, data, merge.output().dtype());
            store(merge, data, writer);
        }
    }

    private void store(TensorMerge merge, MemorySegment data, CheckpointWriter writer) {
        try {
            writer.write(merge.output().name(), data);
        } catch (CheckpointException e) {
            failure.compareAndSet(null, e);
            return;
        }
        synchronized (this) {
            writtenBytes += data.byteSize();
            progress.written(writtenBytes, totalBytes);
        }
    }
}
