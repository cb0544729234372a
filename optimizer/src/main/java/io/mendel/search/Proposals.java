package io.mendel.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Collects the canonical vectors of each generation and keeps out what was proposed before. */
final class Proposals {
    private static final int ATTEMPTS = 100;

    private final SearchProblem problem;
    private final Set<GeneVector> seen = new HashSet<>();
    private final List<double[]> current = new ArrayList<>();
    private boolean fresh;

    Proposals(SearchProblem problem) {
        this.problem = problem;
    }

    /** Starts a new generation. */
    void clear() {
        current.clear();
        fresh = false;
    }

    /** Proposes the canonical form of a vector, unless it was proposed before; returns whether it did. */
    boolean offer(double[] genes) {
        double[] canonical = problem.canonical(genes);
        if (!seen.add(new GeneVector(canonical))) {
            return false;
        }
        current.add(canonical);
        fresh = true;
        return true;
    }

    /** Proposes the canonical form of the first new vector among a bounded number of draws, else of the last one. */
    void offer(Supplier<double[]> draws) {
        double[] genes = draws.get();
        for (int attempt = 1; !offer(genes); attempt++) {
            if (attempt == ATTEMPTS) {
                current.add(problem.canonical(genes));
                return;
            }
            genes = draws.get();
        }
    }

    int size() {
        return current.size();
    }

    /** Whether none of this generation's vectors is new. */
    boolean exhausted() {
        return !fresh;
    }

    /** Copies of this generation's vectors. */
    List<double[]> vectors() {
        return current.stream().map(double[]::clone).toList();
    }

    /** Checks that these are the outcomes of this generation's vectors. */
    void requireAsked(List<Scored> evaluated) {
        if (evaluated.size() != current.size()) {
            throw new IllegalArgumentException(
                    "%d candidates were asked, not %d.".formatted(current.size(),
                            evaluated.size()));
        }
        for (int i = 0; i < current.size(); i++) {
            if (!Arrays.equals(current.get(i), evaluated.get(i).genes())) {
                throw new IllegalArgumentException(
                        "Candidate %d was asked as %s, not %s.\nOutcomes are told in the order asked."
                                .formatted(i, Arrays.toString(current.get(i)),
                                        Arrays.toString(evaluated.get(i).genes())));
            }
        }
    }
}
