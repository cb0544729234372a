package io.mendel.merge;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointWriter;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.checkpoint.TensorParts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Streams a merged model to disk.
 *
 * <p>
 * Each thread merges, stores and, if wanted, digests whole tensors, piece by piece while a piece is in its cache; the
 * largest first, so that all threads end together. A tensor that is more than a thread's share of the model passes
 * through two windows: all threads merge and store the pieces of one, while another thread adds the one before to the
 * digest. Memory holds the two windows, or a piece for each thread, however large the tensors are.
 */
final class MergedModelWriter {

    private final MergedModel model;
    private final ModelCompanions companions;
    private final Workers workers;
    private final int piece;
    private final AtomicReference<@Nullable CheckpointException> failure = new AtomicReference<>();
    private final WriteOptions options;
    private final long windowBytes;
    private final long totalBytes;
    private long writtenBytes;

    /**
     * A writer of this model.
     *
     * @param piece elements of a piece of a tensor, if its unit is not larger
     */
    MergedModelWriter(MergedModel model, ModelCompanions companions, Workers workers,
            int piece, WriteOptions options) {
        this.model = model;
        this.companions = companions;
        this.workers = workers;
        this.piece = piece;
        this.options = options;
        this.windowBytes = options.bufferBytes() / 2;
        this.totalBytes = model.tensors().values().stream().mapToLong(TensorInfo::byteSize).sum();
    }

    /** Writes the folder and returns the digest of its tensors, if it is wanted. */
    @Nullable
    String write(Path directory) throws CheckpointException {
        List<TensorMerge> merges = List.copyOf(model.plan().tensors().values());
        var shared = new ArrayList<TensorMerge>();
        var whole = new ArrayList<TensorMerge>();
        for (TensorMerge merge : merges) {
            (isShared(merge.output()) ? shared : whole).add(merge);
        }
        whole.sort(Comparator.comparingLong(merge -> -merge.output().byteSize()));
        try (var writer = CheckpointWriter.create(directory,
                merges.stream().map(TensorMerge::output).toList(),
                options.maxShardBytes(), options.durable(), options.digested())) {
            writeShared(shared, writer);
            workers.forEach(whole.size(), i -> writeWhole(whole.get((int) i), writer));
            CheckpointException failed = failure.get();
            if (failed != null) {
                throw failed;
            }
            writer.text("config.json", model.config().toPrettyString() + "\n");
            companions.write(writer);
            String digest = options.digested() ? writer.digest() : null;
            writer.commit();
            return digest;
        }
    }

    private boolean isShared(TensorInfo info) {
        return workers.threads() > 1 && info.elements() > piece
                && (info.byteSize() > totalBytes / workers.threads()
                        || (long) piece * info.dtype().bytes() * workers.threads() > 2
                                * windowBytes);
    }

    private void writeShared(List<TensorMerge> merges, CheckpointWriter writer) {
        if (merges.isEmpty()) {
            return;
        }
        try (var windows = new Windows()) {
            for (TensorMerge merge : merges) {
                if (failure.get() != null) {
                    return;
                }
                writeShared(model.work(merge), writer.parts(merge.output().name()), windows);
            }
        }
    }

    private void writeShared(MergedModel.TensorWork work, TensorParts parts, Windows windows) {
        TensorInfo info = work.merge().output();
        int width = info.dtype().bytes();
        long piece = (long) work.piece() * width;
        long size = Math.max(1, windowBytes / piece) * piece;
        for (long begin = 0; begin < info.byteSize(); begin += size) {
            long start = begin;
            long length = Math.min(size, info.byteSize() - start);
            MemorySegment window = windows.next(length);
            workers.forEach((length + piece - 1) / piece, i -> {
                long from = i * piece;
                MemorySegment part = window.asSlice(from, Math.min(piece, length - from));
                model.merge(work, (start + from) / width, part, info.dtype());
                store(parts, start + from, part);
            });
            if (failure.get() != null) {
                return;
            }
            boolean last = start + length == info.byteSize();
            windows.submit(() -> {
                parts.digest(window);
                if (last) {
                    parts.finish();
                }
            });
        }
    }

    /** Two buffers that are filled in turn; a buffer is free when the task on it is done. */
    private static final class Windows implements AutoCloseable {
        private final ExecutorService digester = Executors.newSingleThreadExecutor();
        private final List<@Nullable Arena> arenas = new ArrayList<>();
        private final List<MemorySegment> buffers = new ArrayList<>(
                List.of(MemorySegment.NULL, MemorySegment.NULL));
        private final List<CompletableFuture<@Nullable Void>> pending = new ArrayList<>(
                List.of(CompletableFuture.completedFuture(null),
                        CompletableFuture.completedFuture(null)));
        private int current;

        Windows() {
            arenas.add(null);
            arenas.add(null);
        }

        // The arena is closed with the windows.
        @SuppressWarnings("MustBeClosedChecker")
        MemorySegment next(long bytes) {
            current = 1 - current;
            pending.get(current).join();
            if (buffers.get(current).byteSize() < bytes) {
                free(current);
                Arena arena = Arena.ofShared();
                arenas.set(current, arena);
                buffers.set(current, arena.allocate(bytes));
            }
            return buffers.get(current).asSlice(0, bytes);
        }

        void submit(Runnable task) {
            pending.set(current, CompletableFuture.runAsync(task, digester));
        }

        private void free(int buffer) {
            Arena arena = arenas.get(buffer);
            if (arena != null) {
                arena.close();
                arenas.set(buffer, null);
            }
        }

        @Override
        public void close() {
            try {
                pending.forEach(CompletableFuture::join);
            } finally {
                digester.close();
                free(0);
                free(1);
            }
        }
    }

    private void writeWhole(TensorMerge merge, CheckpointWriter writer) {
        TensorInfo info = merge.output();
        TensorParts parts = writer.parts(info.name());
        MergedModel.TensorWork work = model.work(merge);
        int width = info.dtype().bytes();
        long piece = Math.min((long) work.piece() * width, info.byteSize());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(piece);
            for (long begin = 0; begin < info.byteSize(); begin += piece) {
                if (failure.get() != null) {
                    return;
                }
                MemorySegment part = buffer.asSlice(0, Math.min(piece, info.byteSize() - begin));
                model.merge(work, begin / width, part, info.dtype());
                store(parts, begin, part);
                parts.digest(part);
            }
        }
        if (failure.get() == null) {
            parts.finish();
        }
    }

    private void store(TensorParts parts, long offset, MemorySegment part) {
        try {
            parts.store(offset, part);
        } catch (CheckpointException e) {
            failure.compareAndSet(null, e);
            return;
        }
        synchronized (this) {
            writtenBytes += part.byteSize();
            options.progress().written(writtenBytes, totalBytes);
        }
    }
}
