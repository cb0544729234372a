package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.ItemSet;
import io.mendel.benchmark.TaskException;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts in which the items of a role are scored, one after another, so that a candidate can be given up between two.
 *
 * <p>
 * They are cut by the items alone. Every candidate goes through the same batches, whether it is given up or not: scores
 * of one item can be compared bit by bit.
 *
 * @param sets the items of each part, in order, at least one
 */
record ItemParts(List<ItemSet> sets) {

    /** What is scored of each task before the first and the second decision: building a candidate twice costs too. */
    private static final List<Integer> DIVISORS = List.of(4, 2);
    /** Fewer items of a task say nothing about how much their scores vary. */
    private static final int LEAST = 12;
    /** With fewer items of each task there is but one part. */
    static final int LEAST_TO_CUT = 2 * LEAST - 1;

    ItemParts {
        sets = List.copyOf(sets);
    }

    /** All items in one part. */
    static ItemParts whole(ItemSet set) {
        return new ItemParts(List.of(set));
    }

    /**
     * The items of a set in up to three parts: a quarter of every task, the second quarter, the other half. There are
     * fewer parts where a quarter or a half is less than 12 items of some task.
     */
    static ItemParts cut(Benchmark benchmark, ItemSet set) throws TaskException {
        var ends = new ArrayList<List<Integer>>();
        for (int divisor : DIVISORS) {
            List<Integer> end = set.parts()
                    .stream()
                    .map(part -> Math.ceilDiv(part.docIds().size(), divisor))
                    .toList();
            if (end.stream().allMatch(count -> count >= LEAST)) {
                ends.add(end);
            }
        }
        if (ends.isEmpty()) {
            return whole(set);
        }
        ends.add(set.parts().stream().map(part -> part.docIds().size()).toList());
        var sets = new ArrayList<ItemSet>();
        for (int k = 0; k < ends.size(); k++) {
            var parts = new ArrayList<ItemSet.Part>();
            for (int t = 0; t < set.parts().size(); t++) {
                parts.add(set.parts()
                        .get(t)
                        .range(k == 0 ? 0 : ends.get(k - 1).get(t), ends.get(k).get(t)));
            }
            sets.add(benchmark.itemSet(parts));
        }
        return new ItemParts(sets);
    }

    /** Number of parts. */
    int count() {
        return sets.size();
    }

    /** Items in the first parts. */
    int items(int parts) {
        return sets.subList(0, parts).stream().mapToInt(ItemSet::size).sum();
    }

    /** Items of a task in the first parts. */
    int items(String task, int parts) {
        return sets.subList(0, parts)
                .stream()
                .flatMap(set -> set.parts().stream())
                .filter(part -> part.task().equals(task))
                .mapToInt(part -> part.docIds().size())
                .sum();
    }
}
