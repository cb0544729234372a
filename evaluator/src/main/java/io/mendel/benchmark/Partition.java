package io.mendel.benchmark;

import java.util.List;

/**
 * Three disjoint item sets: what the search scores, what picks the winner, what is reported once at the end.
 *
 * @param blocks disjoint as far as there are enough documents, each fit to compare candidates on; at least one
 * @param validation documents of the same split that the search does not score; empty for a task whose search takes all
 * @param test documents of the test split
 * @param pool all documents that the search may score, of which the blocks are parts, in the order of their selection
 * @since 0.1
 */
public record Partition(List<ItemSet> blocks, ItemSet validation, ItemSet test,
        List<ItemSet.Part> pool) {

    public Partition {
        blocks = List.copyOf(blocks);
        pool = List.copyOf(pool);
    }

    /** The first block. */
    public ItemSet search() {
        return blocks.getFirst();
    }
}
