package io.mendel.merge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;

/** The tensors that a {@link GlobalMerge} looks at together, in the order of their names. */
final class GlobalInputs {

    private final List<TensorMerge> merges = new ArrayList<>();
    private final List<BlockInputs> inputs = new ArrayList<>();
    private final Workers workers;

    private GlobalInputs(Workers workers) {
        this.workers = workers;
    }

    /** The groups of a plan's global methods. */
    static Collection<GlobalInputs> groups(List<TensorMerge> merges,
            Function<TensorMerge, BlockInputs> inputs, Workers workers) {
        Map<Object, GlobalInputs> groups = new LinkedHashMap<>();
        for (TensorMerge merge : merges) {
            if (merge.operation() instanceof MergeOperation.Global(GlobalMerge rule)) {
                GlobalInputs group = groups.computeIfAbsent(rule.group(merge.output().name()),
                        key -> new GlobalInputs(workers));
                group.merges.add(merge);
                group.inputs.add(inputs.apply(merge));
            }
        }
        return groups.values();
    }

    /** What is done to each tensor of the group. */
    Map<TensorMerge, ResolvedMerge> resolve() {
        List<ResolvedMerge> resolved = rule(0).resolve(this);
        Map<TensorMerge, ResolvedMerge> map = new HashMap<>();
        for (int i = 0; i < merges.size(); i++) {
            map.put(merges.get(i), resolved.get(i));
        }
        return map;
    }

    /** Number of tensors. */
    int count() {
        return merges.size();
    }

    /** A tensor's inputs, streamed on the caller's thread. */
    BlockInputs tensor(int index) {
        return inputs.get(index);
    }

    /** How a tensor comes about. */
    TensorMerge merge(int index) {
        return merges.get(index);
    }

    /** A tensor's own rule. */
    GlobalMerge rule(int index) {
        return ((MergeOperation.Global) merges.get(index).operation()).rule();
    }

    /** Elements of all tensors. */
    long elements() {
        return inputs.stream().mapToLong(BlockInputs::elements).sum();
    }

    /** Visits all tensors, several at once; what is computed for one must not depend on the others. */
    void forEachTensor(IntConsumer work) {
        workers.forEach(count(), index -> work.accept((int) index));
    }
}
