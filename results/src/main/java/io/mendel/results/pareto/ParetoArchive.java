package io.mendel.results.pareto;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The candidates that no other candidate dominates, sorted by id.
 *
 * <p>
 * Of candidates with exactly the same objectives only the one with the lowest id is kept, so the members depend on the
 * set of offered candidates and not on the order they were offered in. Every candidate ever offered is a member, equal
 * to one or dominated by one. Immutable.
 *
 * @since 0.1
 */
public final class ParetoArchive {
    private final List<Direction> directions;
    private final List<ArchiveMember> members;

    private ParetoArchive(List<Direction> directions, List<ArchiveMember> members) {
        this.directions = List.copyOf(directions);
        this.members = List.copyOf(members);
    }

    /**
     * An archive without members.
     *
     * @param directions the direction of each objective, at least one
     * @throws IllegalArgumentException if there is no objective
     */
    public static ParetoArchive empty(List<Direction> directions) {
        if (directions.isEmpty()) {
            throw new IllegalArgumentException("An archive needs at least one objective.");
        }
        return new ParetoArchive(directions, List.of());
    }

    /**
     * The archive of these candidates, in any order.
     *
     * @param directions the direction of each objective, at least one
     * @param candidates candidates with unique ids
     * @throws IllegalArgumentException if there is no objective or a candidate has more or fewer
     */
    public static ParetoArchive of(List<Direction> directions,
            Collection<ArchiveMember> candidates) {
        var archive = empty(directions);
        for (ArchiveMember candidate : candidates) {
            archive = archive.with(candidate);
        }
        return archive;
    }

    /**
     * The archive after this candidate was offered: this very archive if the candidate does not belong in it.
     *
     * <p>
     * Time O(m·n) for n members of m objectives.
     *
     * @param candidate a candidate with an id that no other candidate has
     * @throws IllegalArgumentException if it has more or fewer objectives than the archive
     */
    public ParetoArchive with(ArchiveMember candidate) {
        double[] point = Direction.maximized(candidate.objectives(), directions);
        var kept = new ArrayList<ArchiveMember>(members.size() + 1);
        int place = 0;
        for (ArchiveMember member : members) {
            int order = Dominance.compare(point,
                    Direction.maximized(member.objectives(), directions));
            boolean equal = member.objectives().equals(candidate.objectives());
            if (order < 0 || (equal && member.id() <= candidate.id())) {
                return this;
            }
            if (order > 0 || equal) {
                continue;
            }
            kept.add(member);
            if (member.id() < candidate.id()) {
                place = kept.size();
            }
        }
        kept.add(place, candidate);
        return new ParetoArchive(directions, kept);
    }

    /** The direction of each objective. */
    public List<Direction> directions() {
        return directions;
    }

    /** The non-dominated candidates, ascending by id. */
    public List<ArchiveMember> members() {
        return members;
    }

    /**
     * The volume of objective space that the members dominate.
     *
     * @param reference the worst corner as measured values; members not better than it everywhere add nothing
     * @return at least 0; never falls when a candidate is added
     * @throws IllegalArgumentException if the reference has more or fewer objectives or is not finite
     */
    public double hypervolume(List<Double> reference) {
        var points = members.stream()
                .map(m -> Direction.maximized(m.objectives(), directions))
                .toList();
        return Hypervolume.of(points, Direction.maximized(reference, directions));
    }

    /** The members. */
    @Override
    public String toString() {
        return "ParetoArchive" + members;
    }
}
