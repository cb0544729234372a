package io.mendel.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** A fixed number of threads that share numbered pieces of work. */
final class Workers implements AutoCloseable {

    private final int threads;
    private final ExecutorService pool;
    private final ThreadLocal<Boolean> inPiece = ThreadLocal.withInitial(() -> false);

    Workers(int threads) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(Math.max(1, threads - 1),
                Thread.ofPlatform().daemon().name("mendel-merge-", 0).factory());
    }

    int threads() {
        return threads;
    }

    /** Runs all pieces, in any order, on the caller's thread and the others; a piece that calls it does all itself. */
    void forEach(long pieces, LongConsumer work) {
        if (pieces <= 1 || threads == 1 || inPiece.get()) {
            for (long piece = 0; piece < pieces; piece++) {
                work.accept(piece);
            }
            return;
        }
        var next = new AtomicLong();
        Runnable loop = () -> {
            inPiece.set(true);
            try {
                for (long piece = next.getAndIncrement(); piece < pieces; piece = next
                        .getAndIncrement()) {
                    work.accept(piece);
                }
            } finally {
                inPiece.set(false);
            }
        };
        List<CompletableFuture<Void>> others = new ArrayList<>();
        for (long t = 1; t < Math.min(threads, pieces); t++) {
            others.add(CompletableFuture.runAsync(loop, pool));
        }
        try {
            loop.run();
        } finally {
            next.set(pieces);
            others.forEach(Workers::join);
        }
    }

    private static void join(CompletableFuture<Void> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
