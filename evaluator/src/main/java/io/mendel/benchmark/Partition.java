package io.mendel.benchmark;

/**
 * Three disjoint item sets: what the search scores, what picks the winner, what is reported once at the end.
 *
 * @param search documents that candidates are compared on
 * @param validation documents of the same split that the search does not score; empty for a task whose search takes all
 * @param test documents of the test split
 * @since 0.1
 */
public record Partition(ItemSet search, ItemSet validation, ItemSet test) {}
