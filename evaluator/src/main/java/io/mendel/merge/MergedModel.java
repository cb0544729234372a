package io.mendel.merge;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.ExportWeights;
import io.mendel.checkpoint.Finiteness;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.FiniteInputs.Evidence;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * A model that exists as a plan: its tensors are merged when they are asked for.
 *
 * <p>
 * What {@link #read} returns and what {@link #write} stores are the same numbers. Thread-safe; usable while its
 * {@link Merger} and the parents are open.
 *
 * @since 0.1
 */
public final class MergedModel {

    private static final int RUN = 4096;

    private final MergePlan plan;
    private final Map<String, Checkpoint> parents;
    private final FiniteInputs inputs;
    private final MergeResolver resolver;
    private final MergeKernels kernels;
    private final Workers workers;
    private final int chunk;
    private final ConcurrentMap<String, ResolvedMerge> resolved = new ConcurrentHashMap<>();

    MergedModel(MergePlan plan, Map<String, Checkpoint> parents, FiniteInputs inputs,
            MergeResolver resolver, MergeKernels kernels, Workers workers, int chunk) {
        this.plan = plan;
        this.parents = parents;
        this.inputs = inputs;
        this.resolver = resolver;
        this.kernels = kernels;
        this.workers = workers;
        this.chunk = chunk;
    }

    /** The plan of this model. */
    public MergePlan plan() {
        return plan;
    }

    /** Name, stored element type and shape of all tensors, by name. */
    public SortedMap<String, TensorInfo> tensors() {
        SortedMap<String, TensorInfo> infos = new TreeMap<>();
        plan.tensors().forEach((name, merge) -> infos.put(name, merge.output()));
        return Collections.unmodifiableSortedMap(infos);
    }

    /** The {@code config.json} of this model: the donor's, with depth, dtype and tying adjusted. */
    public JsonNode config() {
        return MergedConfig.of(plan,
                model -> Objects.requireNonNull(parents.get(model)).config());
    }

    /**
     * Merges a tensor for computing with it: rounded to its stored type, as fp32.
     *
     * @param tensor the name of a floating-point tensor
     * @param target receives the elements in C order; exactly {@code 4 × elements} bytes
     * @throws IllegalArgumentException if there is no such tensor, it is not floating-point, or the target has another
     *             size
     */
    public void read(String tensor, MemorySegment target) {
        TensorMerge merge = plan.tensors().get(tensor);
        if (merge == null || !merge.output().dtype().isFloat()) {
            throw new IllegalArgumentException(
                    "The model has no floating-point tensor '" + tensor + "'.");
        }
        if (target.byteSize() != 4 * merge.output().elements()) {
            throw new IllegalArgumentException(
                    "The tensor %s needs %d bytes of fp32, not %d.".formatted(tensor,
                            4 * merge.output().elements(), target.byteSize()));
        }
        fill(work(merge), 0, target, DType.F32);
    }

    /** Merges a run that begins at a multiple of the piece, all threads together. */
    void fill(TensorWork work, long begin, MemorySegment target, DType storage) {
        int width = storage.bytes();
        long piece = work.piece();
        long elements = target.byteSize() / width;
        workers.forEach((elements + piece - 1) / piece, i -> {
            long from = i * piece;
            long count = Math.min(piece, elements - from);
            merge(work, begin + from, target.asSlice(width * from, width * count), storage);
        });
    }

    /**
     * The weights for an export that stores equal ones once; usable as long as this model.
     *
     * <p>
     * They take the scales that the plan folds into weights as divisors.
     */
    public ExportWeights exportWeights() {
        return new MergedWeights(this);
    }

    DType inputType(TensorInput input) {
        return tensor(input).info().dtype();
    }

    /**
     * Merges all tensors into a Hugging Face model folder, with configuration and tokenizer of the donor.
     *
     * @param directory the folder; must not hold anything else
     * @param options how to write
     * @return what was written
     * @throws CheckpointException if the folder cannot be written; nothing is left behind
     */
    public MergeReport write(Path directory, WriteOptions options) throws CheckpointException {
        return write(directory, options, ModelCompanions.of(donor().directory()));
    }

    /**
     * Merges all tensors into a Hugging Face model folder, with the donor's configuration.
     *
     * @param directory the folder; must not hold anything else
     * @param options how to write
     * @param companions the other files of the folder
     * @return what was written
     * @throws CheckpointException if the folder cannot be written; nothing is left behind
     */
    public MergeReport write(Path directory, WriteOptions options, ModelCompanions companions)
            throws CheckpointException {
        int piece = kernels instanceof TensorKernels ? Math.max(chunk, TensorKernels.PIECE) : chunk;
        @Nullable
        String digest = new MergedModelWriter(this, companions, workers, piece, options)
                .write(directory);
        long bytesWritten = plan.tensors()
                .values()
                .stream()
                .mapToLong(merge -> merge.output().byteSize())
                .sum();
        return new MergeReport(directory, digest, inputBytes(), bytesWritten);
    }

    /** Bytes of the parents' tensors, one for each use of it. */
    public long inputBytes() {
        return plan.tensors()
                .values()
                .stream()
                .flatMap(merge -> merge.inputs().stream())
                .mapToLong(input -> tensor(input).info().byteSize())
                .sum();
    }

    /** The scale λ that sequential merging (opcm) has accumulated, which going on with the result needs; else null. */
    public @Nullable Double accumulatedScale() {
        for (TensorMerge merge : plan.tensors().values()) {
            if (merge.operation() instanceof MergeOperation.Global
                    && resolver.resolve(
                            merge) instanceof ResolvedMerge.Blocks(OrthogonalProjection.Projected projected, long unit)) {
                return projected.lambda();
            }
        }
        return null;
    }

    private Checkpoint donor() {
        return Objects.requireNonNull(parents.get(plan.donor()));
    }

    private Tensor tensor(TensorInput input) {
        return Objects.requireNonNull(parents.get(input.model())).tensor(input.tensor());
    }

    /**
     * A tensor that is ready to be merged, piece by piece.
     *
     * @param merge how it comes about
     * @param operation with all scalars
     * @param inputs the parents' tensors
     * @param piece elements of a piece; runs begin at multiples of it
     * @param suspect whether only the result will show if the inputs are finite
     */
    record TensorWork(TensorMerge merge, ResolvedMerge operation, List<Tensor> inputs, int piece,
            boolean suspect) {}

    TensorWork work(TensorMerge merge) {
        return work(merge, merge);
    }

    /** The work on a tensor with the scalars of {@code merge}, stored as another one with the same inputs. */
    TensorWork work(TensorMerge merge, TensorMerge stored) {
        Evidence evidence = inputs.evidence(merge);
        if (evidence == Evidence.NONE) {
            inputs.require(merge);
        }
        ResolvedMerge scalars = resolved.get(merge.output().name());
        if (scalars == null) {
            scalars = resolver.resolve(merge);
            resolved.put(merge.output().name(), scalars);
        }
        if (evidence == Evidence.NORMS && !resolver.hasFiniteNorms(merge)) {
            inputs.require(merge);
        }
        boolean suspect = evidence == Evidence.RESULT;
        List<Tensor> inputs = merge.inputs().stream().map(this::tensor).toList();
        if (kernels instanceof TensorKernels) {
            boolean wholly = Fusion.of(scalars) != null;
            int piece = wholly ? Math.max(chunk, TensorKernels.PIECE) : chunk;
            return new TensorWork(stored, scalars, inputs,
                    BlockInputs.pieceSize(scalars.unit(), piece), suspect);
        }
        return new TensorWork(stored, quick(scalars, merge), inputs,
                BlockInputs.pieceSize(scalars.unit(), chunk), suspect);
    }

    /** Merges the elements from {@code from} on into memory, as the stored type or as fp32. */
    void merge(TensorWork work, long from, MemorySegment target, DType storage) {
        compute(work, from, target, storage);
        // What is finite may have overflowed; then the test finds nothing.
        if (work.suspect() && !Finiteness.holds(target, storage)) {
            inputs.require(work.merge());
        }
    }

    private void compute(TensorWork work, long from, MemorySegment target, DType storage) {
        Tensor first = work.inputs().getFirst();
        float divisor = work.merge().divisor();
        if (divisor == 1 && work.operation() instanceof ResolvedMerge.Copy
                && work.merge().output().dtype() == storage && first.info().dtype() == storage) {
            MemorySegment.copy(first.data(), from * storage.bytes(), target, 0, target.byteSize());
            return;
        }
        int count = (int) (target.byteSize() / storage.bytes());
        var rounded = new RoundedElements(target, work.merge().output().dtype(), storage, count);
        if (divisor == 1) {
            merge(work.operation(), work.inputs(), from, count, rounded);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment exact = arena.allocate(4L * count, Float.BYTES);
            merge(work.operation(), work.inputs(), from, count,
                    new RoundedElements(exact, DType.F32, DType.F32, count));
            divide(exact, divisor);
            // Multiplies by 1, which is exact, and rounds as fast as the kernels can.
            kernels.weightedSum(List.of(new Elements(exact, DType.F32, count)), new float[]{1},
                    rounded);
        }
    }

    /** One rounded division for each element; in arrays, where Java makes vectors of it. */
    private static void divide(MemorySegment elements, float divisor) {
        float[] run = new float[RUN];
        for (long from = 0; from < elements.byteSize(); from += 4L * RUN) {
            int length = (int) Math.min(RUN, (elements.byteSize() - from) / 4);
            MemorySegment.copy(elements, Elements.FLOAT, from, run, 0, length);
            for (int i = 0; i < length; i++) {
                run[i] /= divisor;
            }
            MemorySegment.copy(run, 0, elements, Elements.FLOAT, from, length);
        }
    }

    /** Replaces what is slow to tell element by element; not remembered with the scalars, because it may be large. */
    private ResolvedMerge quick(ResolvedMerge operation, TensorMerge merge) {
        return operation instanceof ResolvedMerge.Deltas(var deltas, var consensus, float scale, long unit)
                ? new ResolvedMerge.Deltas(deltas.stream()
                        .map(delta -> new ResolvedMerge.Delta(quick(delta.keep(), merge),
                                delta.factor(), delta.weight()))
                        .toList(), consensus, scale, unit)
                : operation;
    }

    private KeepRule quick(KeepRule rule, TensorMerge merge) {
        return rule instanceof KeepRule.Always(Keep keep)
                ? KeepRule.always(resolver.quick(keep, merge))
                : rule;
    }

    private void merge(ResolvedMerge operation, List<Tensor> inputs, long from, int count,
            RoundedElements target) {
        if (kernels instanceof TensorKernels device) {
            FusedMerge fused = Fusion.of(operation, inputs, from, count);
            if (fused != null && device.merge(fused, inputs, from, target)) {
                return;
            }
            int piece = BlockInputs.pieceSize(operation.unit(), chunk);
            if (count > piece) {
                for (int start = 0; start < count; start += piece) {
                    int length = Math.min(piece, count - start);
                    merge(operation, inputs, from + start, length, target.slice(start, length));
                }
                return;
            }
        }
        if (operation instanceof ResolvedMerge.Blocks(BlockFunction function, long unit)) {
            float[][] runs = new float[inputs.size()][count];
            BlockInputs.load(inputs, from, count, runs);
            float[] merged = new float[count];
            function.applyAt(runs, count, from, merged);
            target.store(merged);
            return;
        }
        List<Elements> elements = inputs.stream()
                .map(input -> TensorElements.of(input, from, count))
                .toList();
        switch (operation) {
            case ResolvedMerge.Copy() -> kernels.weightedSum(elements, new float[]{1}, target);
            case ResolvedMerge.Sum(float[] coefficients) ->
                kernels.weightedSum(elements, coefficients, target);
            case ResolvedMerge.Blocks blocks -> throw new IllegalStateException("Handled above.");
            case ResolvedMerge.Deltas(var deltas, var consensus, float scale, long unit) -> {
                var weighted = new ArrayList<WeightedDelta>();
                for (int m = 0; m < deltas.size(); m++) {
                    ResolvedMerge.Delta delta = deltas.get(m);
                    Elements model = elements.get(m + 1);
                    Keep keep = delta.keep().keep(elements.getFirst(), model, from);
                    weighted.add(new WeightedDelta(model, keep, delta.factor(), delta.weight()));
                }
                kernels.mergeDeltas(elements.getFirst(), weighted, consensus, scale, from, target);
            }
        }
    }
}
