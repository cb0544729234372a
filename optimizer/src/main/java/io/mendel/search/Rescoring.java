package io.mendel.search;

import java.util.Arrays;
import java.util.List;

/** Replaces the scores of individuals by those on other items. */
final class Rescoring {
    private Rescoring() {}

    /** The individuals with their new scores; those that failed this time are gone. */
    static List<Scored> of(List<Scored> individuals, List<Scored> rescored) {
        if (individuals.size() != rescored.size()) {
            throw new IllegalArgumentException("%d candidates are remembered, not %d."
                    .formatted(individuals.size(), rescored.size()));
        }
        for (int i = 0; i < rescored.size(); i++) {
            if (!Arrays.equals(individuals.get(i).genes(), rescored.get(i).genes())) {
                throw new IllegalArgumentException(
                        "Candidate %d is remembered as %s, not %s.".formatted(i,
                                Arrays.toString(individuals.get(i).genes()),
                                Arrays.toString(rescored.get(i).genes())));
            }
        }
        return rescored.stream().filter(scored -> !scored.failed()).toList();
    }
}
