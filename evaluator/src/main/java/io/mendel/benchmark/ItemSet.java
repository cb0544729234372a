package io.mendel.benchmark;

import java.util.List;

/**
 * An ordered choice of documents from the tasks of a benchmark.
 *
 * <p>
 * Its digest covers the tasks' content, the prompts and the document ids: evaluations with equal digests (and settings of
 * the evaluator) can be compared document by document.
 *
 * @since 0.1
 */
public final class ItemSet {

    private final List<Part> parts;
    private final String digest;

    /**
     * The documents of one task.
     *
     * @param task name of the task
     * @param split name of the split
     * @param docIds indices in the split, each once, in the order of evaluation
     * @param weights how much each document counts, above 0; empty if all count alike
     */
    public record Part(String task, String split, List<Integer> docIds, List<Double> weights) {
        public Part {
            docIds = List.copyOf(docIds);
            weights = List.copyOf(weights);
            if ((!weights.isEmpty() && weights.size() != docIds.size())
                    || weights.stream().anyMatch(weight -> !(weight > 0))) {
                throw new IllegalArgumentException("Each of the " + docIds.size()
                        + " documents of " + task + " needs a weight above 0, not " + weights
                        + ".");
            }
            if (docIds.stream().distinct().count() != docIds.size()) {
                throw new IllegalArgumentException(
                        "The documents of " + task + " must be different, not " + docIds + ".");
            }
        }

        /** Documents that count alike. */
        public Part(String task, String split, List<Integer> docIds) {
            this(task, split, docIds, List.of());
        }

        /**
         * Some of them, one after another.
         *
         * @param from the first
         * @param to behind the last
         */
        public Part range(int from, int to) {
            return new Part(task, split, docIds.subList(from, to),
                    weights.isEmpty() ? weights : weights.subList(from, to));
        }
    }

    ItemSet(List<Part> parts, String digest) {
        this.parts = List.copyOf(parts);
        this.digest = digest;
    }

    /** The documents of each task. */
    public List<Part> parts() {
        return parts;
    }

    /** Number of documents. */
    public int size() {
        return parts.stream().mapToInt(part -> part.docIds().size()).sum();
    }

    /** Hex SHA-256 that identifies the set. */
    public String digest() {
        return digest;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ItemSet set && set.digest.equals(digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return "ItemSet[" + size() + " documents, " + digest + "]";
    }
}
