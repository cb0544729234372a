package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Merges parents that are shared by many recipes.
 *
 * <p>
 * The bytes of a merged model depend on the recipe and the parents only, not on threads, chunks or kernels.
 * Thread-safe. The caller closes the merger; the parents stay open until then and are closed by their owner.
 *
 * @since 0.1
 */
public final class Merger implements AutoCloseable {

    private static final int CHUNK = 1 << 18;

    private final Map<String, Checkpoint> parents;
    private final StatisticsStore statistics;
    private final MergeKernels kernels;
    private final Workers workers;
    private final int chunk;

    private Merger(Map<String, Checkpoint> parents, StatisticsStore statistics,
            MergeKernels kernels, int threads,
            int chunk) {
        this.parents = Map.copyOf(parents);
        this.statistics = statistics;
        this.kernels = kernels;
        this.workers = new Workers(threads);
        this.chunk = chunk;
    }

    /**
     * A merger of these parents.
     *
     * @param parents open checkpoints, by the names that recipes use; the base is one of them
     * @param statistics where statistics are kept
     * @param kernels the arithmetic
     * @param threads number of threads that share the work of a large tensor, at least 1
     */
    public static Merger create(Map<String, Checkpoint> parents, StatisticsStore statistics,
            MergeKernels kernels,
            int threads) {
        return create(parents, statistics, kernels, threads, CHUNK);
    }

    /** A merger that works on pieces of {@code chunk} elements. */
    static Merger create(Map<String, Checkpoint> parents, StatisticsStore statistics,
            MergeKernels kernels,
            int threads, int chunk) {
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "A merger needs at least one thread, not " + threads + ".");
        }
        return new Merger(parents, statistics, kernels, threads, chunk);
    }

    /**
     * The model that a plan describes; computes the statistics that are still missing, and keeps them.
     *
     * @param plan a plan made from the same parents
     */
    public MergedModel open(MergePlan plan) {
        var resolver = new MergeResolver(parents, statistics, kernels, workers, chunk);
        var all = List.copyOf(plan.tensors().values());
        resolver.survey(all);
        // Large tensors whose statistics all threads share, one after another; then one tensor for each thread.
        Map<Boolean, List<TensorMerge>> isShared = all.stream()
                .collect(Collectors.partitioningBy(
                        merge -> merge.operation() instanceof MergeOperation.DeltaMerge
                                && merge.output().elements() > chunk));
        isShared.getOrDefault(true, List.of()).forEach(resolver::prepare);
        List<TensorMerge> rest = isShared.getOrDefault(false, List.of());
        workers.forEach(rest.size(), i -> resolver.prepare(rest.get((int) i)));
        statistics.save();
        return new MergedModel(plan, parents, resolver, kernels, workers, chunk);
    }

    /**
     * Loads and compiles what every merge of large models needs, whatever its recipe: worth it on a thread beside Java's
     * own start. Changes no result.
     */
    public static void warmUp() {
        KernelWarmUp.run(MergeKernels.preferred());
        Checkpoint.warmUp();
    }

    /**
     * Exercises the arithmetic that a plan needs until Java has compiled it: worth it on a thread beside other work, such
     * as reading the parents for the first time. Changes no result. Ends early when its thread is interrupted.
     *
     * @param plan a plan made from the same parents
     */
    public void warmUp(MergePlan plan) {
        if (kernels instanceof ScalarMergeKernels) {
            return;
        }
        plan.tensors()
                .values()
                .stream()
                .filter(merge -> merge.output().elements() > chunk
                        && merge.output().dtype().isFloat())
                .max(Comparator.comparingLong(merge -> merge.output().elements()))
                .ifPresent(merge -> KernelWarmUp.run(merge, this::type, kernels));
    }

    private DType type(TensorInput input) {
        return Objects.requireNonNull(Objects.requireNonNull(parents.get(input.model()))
                .tensors()
                .get(input.tensor()))
                .dtype();
    }

    /** Ends the threads. */
    @Override
    public void close() {
        workers.close();
    }
}
