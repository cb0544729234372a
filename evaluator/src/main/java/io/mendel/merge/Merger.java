package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.UnusableTensorException;
import java.time.Duration;
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
    /** How long to wait for compiled arithmetic: until it is, a merge takes a thousand times as long. */
    private static final Duration MOST_WARM_UP = Duration.ofSeconds(1);

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
     * @param plan a plan made from the same parents, whose weights are all finite
     */
    public MergedModel open(MergePlan plan) {
        MergeResolver resolver = resolver();
        var all = List.copyOf(plan.tensors().values());
        resolver.survey(all);
        prepare(all, resolver);
        statistics.save();
        return model(plan, resolver, FiniteInputs.known());
    }

    /**
     * The model that a plan describes, for a process that merges only this one, and from parents that nobody has read.
     *
     * <p>
     * Java compiles the arithmetic first, and meanwhile parents are tested for NaN and infinities. The tests and
     * statistics that are missing then are made along with the merge of each tensor, which finds it in the cache; they
     * are not saved.
     *
     * @param plan a plan made from the same parents
     * @throws UnusableTensorException if a weight is NaN or infinite; from the model's methods, too
     */
    public MergedModel openOnce(MergePlan plan) {
        MergeResolver resolver = resolver();
        FiniteInputs inputs = FiniteInputs.untested(parents);
        var all = List.copyOf(plan.tensors().values());
        Thread warmUp = Thread.ofPlatform().daemon().start(() -> warmUp(plan));
        inputs.requireWhile(all, warmUp::isAlive);
        await(warmUp);
        if (all.stream().anyMatch(merge -> merge.operation() instanceof MergeOperation.Global)) {
            inputs.requireWhile(all, () -> true);
            resolver.survey(all);
        }
        long share = plan.elements() / workers.threads();
        List<TensorMerge> forAll = all.stream()
                .filter(merge -> merge.output().elements() > share)
                .toList();
        inputs.requireWhile(forAll, () -> true);
        prepare(forAll, resolver);
        return model(plan, resolver, inputs);
    }

    /** Large tensors whose statistics all threads share, one after another; then one tensor for each thread. */
    private void prepare(List<TensorMerge> merges, MergeResolver resolver) {
        Map<Boolean, List<TensorMerge>> isShared = merges.stream()
                .collect(Collectors.partitioningBy(
                        merge -> merge.operation() instanceof MergeOperation.DeltaMerge
                                && merge.output().elements() > chunk));
        isShared.getOrDefault(true, List.of()).forEach(resolver::prepare);
        List<TensorMerge> rest = isShared.getOrDefault(false, List.of());
        workers.forEach(rest.size(), i -> resolver.prepare(rest.get((int) i)));
    }

    private static void await(Thread warmUp) {
        try {
            warmUp.join(MOST_WARM_UP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private MergeResolver resolver() {
        return new MergeResolver(parents, statistics, kernels, workers, chunk);
    }

    private MergedModel model(MergePlan plan, MergeResolver resolver, FiniteInputs inputs) {
        return new MergedModel(plan, parents, inputs, resolver, kernels, workers, chunk);
    }

    /**
     * Loads and compiles what every merge of large models needs, whatever its recipe: worth it on a thread beside Java's
     * own start. Changes no result.
     */
    public static void warmUp() {
        KernelWarmUp.run(MergeKernels.preferred());
        Checkpoint.warmUp();
    }

    /** Exercises the arithmetic that a plan needs until Java has compiled it. Ends early when its thread is interrupted. */
    void warmUp(MergePlan plan) {
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
