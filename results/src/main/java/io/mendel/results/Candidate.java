package io.mendel.results;

import java.util.List;

/**
 * A recipe that a campaign proposed.
 *
 * @param id a number given by the search, the same in every run of the campaign; at least 0
 * @param generation the generation that bred it; at least 0
 * @param index its place in the generation; at least 0
 * @param origin where it came from, such as {@code uniform}, {@code parent:math-en} or {@code offspring}
 * @param genes the genotype, finite; empty if it has none
 * @param recipe the recipe as canonical JSON
 * @param recipeDigest digest of the canonical recipe
 * @since 0.1
 */
public record Candidate(long id, int generation, int index, String origin, List<Double> genes,
        String recipe,
        String recipeDigest) {

    public Candidate {
        genes = List.copyOf(genes);
        if (id < 0 || generation < 0 || index < 0) {
            throw new IllegalArgumentException(
                    "A candidate's id, generation and index must be at least 0, not " + id + ", "
                            + generation + ", " + index + ".");
        }
        if (origin.isBlank() || recipe.isBlank() || recipeDigest.isBlank()) {
            throw new IllegalArgumentException(
                    "Candidate " + id + " needs an origin, a recipe and its digest.");
        }
        for (double gene : genes) {
            if (!Double.isFinite(gene)) {
                throw new IllegalArgumentException(
                        "The genes of candidate " + id + " must be finite, not " + genes + ".");
            }
        }
    }
}
