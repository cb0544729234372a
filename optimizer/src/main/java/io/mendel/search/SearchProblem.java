package io.mendel.search;

import io.mendel.space.Variation;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a strategy knows of the space it searches.
 *
 * @param centre the vector to start around, such as that of the uniform merge; its length is the number of genes
 * @param seeds vectors that are tried first, such as those of the parents and of textbook recipes
 * @param canonical maps a vector to the representative of all vectors that mean the same recipe (rounded categorical
 *            genes, quantised densities, 0 for genes without effect); idempotent, keeps length and range, must not
 *            change its argument
 * @param main reduces objectives, all maximised, to the one number that single-objective strategies maximise
 * @param kinds which genes are numbers and which are words
 * @param variation how genetic strategies vary vectors as wholes; null for gene by gene
 * @since 0.1
 */
public record SearchProblem(double[] centre, List<double[]> seeds,
        UnaryOperator<double[]> canonical,
        ToDoubleFunction<double[]> main, GeneKinds kinds, @Nullable Variation variation) {
    /** Worse than every main objective that a measurement could give. */
    private static final double INFEASIBLE = -1e100;

    public SearchProblem {
        centre = requireGenes(centre, centre.length, "The centre").clone();
        if (centre.length == 0) {
            throw new IllegalArgumentException("A search needs at least one gene.");
        }
        int genes = centre.length;
        seeds = seeds.stream().map(seed -> requireGenes(seed, genes, "The seed").clone()).toList();
        Objects.requireNonNull(canonical, "canonical");
        Objects.requireNonNull(main, "main");
        if (kinds.size() != genes) {
            throw new IllegalArgumentException(
                    "%d genes need as many kinds, not %d.".formatted(genes, kinds.size()));
        }
    }

    /** A problem whose genes are all numbers and are varied one by one. */
    public SearchProblem(double[] centre, List<double[]> seeds, UnaryOperator<double[]> canonical,
            ToDoubleFunction<double[]> main) {
        this(centre, seeds, canonical, main, GeneKinds.numbers(centre.length), null);
    }

    /**
     * A continuous problem: centre 0.5, no seeds, every vector its own representative, the mean of the objectives.
     *
     * @param genes the number of genes, at least 1
     */
    public static SearchProblem continuous(int genes) {
        return new SearchProblem(
                Collections.nCopies(genes, 0.5).stream().mapToDouble(x -> x).toArray(), List.of(),
                double[]::clone, objectives -> Arrays.stream(objectives).average().orElseThrow());
    }

    /** The number of genes. */
    public int genes() {
        return centre.length;
    }

    /** This problem with other seeds. */
    public SearchProblem withSeeds(List<double[]> seeds) {
        return new SearchProblem(centre, seeds, canonical, main, kinds, variation);
    }

    /** This problem with another canonical form. */
    public SearchProblem withCanonical(UnaryOperator<double[]> canonical) {
        return new SearchProblem(centre, seeds, canonical, main, kinds, variation);
    }

    /** This problem with other kinds of genes. */
    public SearchProblem withKinds(GeneKinds kinds) {
        return new SearchProblem(centre, seeds, canonical, main, kinds, variation);
    }

    /** This problem with another way to vary vectors. */
    public SearchProblem withVariation(@Nullable Variation variation) {
        return new SearchProblem(centre, seeds, canonical, main, kinds, variation);
    }

    /** A random vector: anywhere, or where the space says that something sensible may lie. */
    double[] anywhere(RandomGenerator random) {
        return variation != null
                ? variation.start(random)
                : random.doubles(genes()).toArray();
    }

    /**
     * One number that orders candidates: the main objective; below all of them, the less it violates the constraints the
     * better; last, negative infinity for a failure.
     */
    double rate(Scored scored) {
        if (scored.failed()) {
            return Double.NEGATIVE_INFINITY;
        }
        return scored.violation() > 0
                ? INFEASIBLE * (1 + scored.violation())
                : rate(scored.objectives());
    }

    /** The main objective of these objectives. */
    double rate(double[] objectives) {
        double rate = main.applyAsDouble(objectives);
        if (Double.isNaN(rate)) {
            throw new IllegalArgumentException(
                    "The main objective of %s must be a number."
                            .formatted(Arrays.toString(objectives)));
        }
        return rate;
    }

    double[] canonical(double[] genes) {
        return requireGenes(canonical.apply(genes), genes.length, "The canonical vector").clone();
    }

    private static double[] requireGenes(double[] genes, int length, String what) {
        for (double x : genes) {
            if (!(x >= 0 && x <= 1)) {
                throw new IllegalArgumentException(
                        "%s must be in [0, 1], not %s.".formatted(what, Arrays.toString(genes)));
            }
        }
        if (genes.length != length) {
            throw new IllegalArgumentException(
                    "%s must have %d genes, not %s.".formatted(what, length,
                            Arrays.toString(genes)));
        }
        return genes;
    }
}
