package io.mendel.results;

/**
 * What makes two evaluations the same: the recipe, the items and the evaluator's settings, each by its digest.
 *
 * @param recipeDigest digest of the canonical recipe
 * @param itemSetDigest digest of the items that were scored
 * @param settingsDigest digest of the evaluator's settings
 * @since 0.1
 */
public record EvaluationKey(String recipeDigest, String itemSetDigest, String settingsDigest)
        implements
            Comparable<EvaluationKey> {

    public EvaluationKey {
        if (recipeDigest.isBlank() || itemSetDigest.isBlank() || settingsDigest.isBlank()) {
            throw new IllegalArgumentException(
                    "An evaluation is keyed by three digests, not (" + recipeDigest + ", "
                            + itemSetDigest + ", " + settingsDigest + ").");
        }
    }

    @Override
    public int compareTo(EvaluationKey other) {
        int order = recipeDigest.compareTo(other.recipeDigest);
        if (order == 0) {
            order = itemSetDigest.compareTo(other.itemSetDigest);
        }
        return order == 0 ? settingsDigest.compareTo(other.settingsDigest) : order;
    }
}
