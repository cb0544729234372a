package io.mendel.merge;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.ExportWeights;
import io.mendel.checkpoint.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a merged model for an export that stores equal ones once.
 *
 * <p>
 * Tensors with the same inputs and operation differ in their divisor at most, so they are stored without it. In that form
 * they need fp32, unless they are copies, whose elements the parent's type holds exactly.
 */
final class MergedWeights implements ExportWeights {

    private static final long WINDOW_BYTES = 32L << 20;

    /** What decides a tensor up to its divisor. */
    private record Content(List<TensorInput> inputs, MergeOperation operation, DType dtype) {

        static Content of(TensorMerge merge) {
            return new Content(merge.inputs(), merge.operation(), merge.output().dtype());
        }
    }

    private final MergedModel model;
    private final Map<Content, String> first = new HashMap<>();
    private final Set<Content> divided = new HashSet<>();

    MergedWeights(MergedModel model) {
        this.model = model;
        model.plan().tensors().forEach((name, merge) -> {
            first.putIfAbsent(Content.of(merge), name);
            if (merge.divisor() != 1) {
                divided.add(Content.of(merge));
            }
        });
    }

    @Override
    public Stored stored(String tensor) {
        TensorMerge merge = model.plan().tensor(tensor);
        if (!merge.output().dtype().isFloat()) {
            throw new IllegalArgumentException(
                    "The tensor '" + tensor + "' does not hold floating-point numbers.");
        }
        Content content = Content.of(merge);
        // What depends on the whole model is not told by the tensor's own plan.
        String identity = merge.operation() instanceof MergeOperation.Global
                ? tensor
                : first.getOrDefault(content, tensor);
        return new Stored(identity, dtype(merge, content), merge.divisor(),
                merge.output().dtype());
    }

    private DType dtype(TensorMerge merge, Content content) {
        return divided.contains(content) && !copies(merge) ? DType.F32 : merge.output().dtype();
    }

    private boolean copies(TensorMerge merge) {
        return merge.operation() instanceof MergeOperation.Copy
                && model.inputType(merge.inputs().getFirst()) == merge.output().dtype();
    }

    @Override
    public void read(String tensor, Sink sink) throws CheckpointException {
        TensorMerge merge = model.plan().tensor(tensor);
        DType storage = dtype(merge, Content.of(merge));
        TensorInfo output = merge.output();
        boolean exact = storage != output.dtype();
        var undivided = new TensorMerge(
                exact ? new TensorInfo(output.name(), storage, output.shape()) : output,
                merge.inputs(), merge.operation());
        MergedModel.TensorWork work = model.work(merge, undivided);
        long piece = (long) work.piece() * storage.bytes();
        long window = Math.max(1, WINDOW_BYTES / piece) * piece;
        long size = output.elements() * storage.bytes();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment buffer = arena.allocate(Math.min(window, Math.max(1, size)));
            for (long begin = 0; begin < size; begin += window) {
                MemorySegment part = buffer.asSlice(0, Math.min(window, size - begin));
                model.fill(work, begin / storage.bytes(), part, storage);
                sink.accept(part);
            }
        }
    }
}
