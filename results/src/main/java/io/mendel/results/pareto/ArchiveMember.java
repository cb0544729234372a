package io.mendel.results.pareto;

import java.util.List;

/**
 * A candidate of a {@link ParetoArchive} and what was measured of it.
 *
 * @param id the candidate's id, unique in a campaign; lower ids were proposed earlier
 * @param objectives the measured values in the order of the archive's directions, finite
 * @since 0.1
 */
public record ArchiveMember(long id, List<Double> objectives) {

    public ArchiveMember {
        // Adding 0 turns -0 into 0, which would otherwise compare as another value.
        objectives = objectives.stream().map(x -> x + 0.0).toList();
        for (double x : objectives) {
            if (!Double.isFinite(x)) {
                throw new IllegalArgumentException(
                        "The objectives %s of candidate %d must be finite.\nA candidate without scores has failed."
                                .formatted(objectives, id));
            }
        }
    }
}
