package io.mendel.campaign;

import io.mendel.results.pareto.ArchiveMember;
import io.mendel.results.pareto.Direction;
import java.util.Comparator;
import java.util.List;

/**
 * The knee of a front: the member nearest to the ideal point, each objective scaled to its range over the front.
 */
final class Knee {

    private Knee() {}

    /**
     * The knee; of equally near members the one with the lowest id.
     *
     * @param members at least one
     */
    static ArchiveMember of(List<ArchiveMember> members, List<Direction> directions) {
        int count = directions.size();
        double[] best = new double[count];
        double[] range = new double[count];
        for (int i = 0; i < count; i++) {
            int objective = i;
            var values = members.stream()
                    .mapToDouble(
                            m -> directions.get(objective).maximized(m.objectives().get(objective)))
                    .summaryStatistics();
            best[i] = values.getMax();
            range[i] = Math.max(values.getMax() - values.getMin(), Double.MIN_NORMAL);
        }
        return members.stream().min(Comparator.comparingDouble((ArchiveMember member) -> {
            double[] point = Direction.maximized(member.objectives(), directions);
            double distance = 0;
            for (int i = 0; i < count; i++) {
                double gap = (best[i] - point[i]) / range[i];
                distance += gap * gap;
            }
            return distance;
        }).thenComparingLong(ArchiveMember::id)).orElseThrow();
    }
}
