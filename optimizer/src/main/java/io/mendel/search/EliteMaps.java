package io.mendel.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * For each objective a map of cells, made by the other objectives, that each keep the candidate which is best in this
 * one; the later of two equal ones. A single objective has cells made by the means of the two halves of the genes.
 */
final class EliteMaps {
    private static final int BINS = 15;

    /** Everything ever scored: when an objective's range becomes wider, all move to other cells. */
    private final List<Placed> all = new ArrayList<>();
    private final List<NavigableMap<int[], Scored>> maps = new ArrayList<>();
    private ObjectiveRange range = new ObjectiveRange(0);

    /** A candidate and what cells are made of. */
    private record Placed(Scored scored, double[] coordinates) {}

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Tries candidates that have scores in every map. */
    void add(List<Scored> candidates) {
        if (candidates.isEmpty()) {
            return;
        }
        List<Placed> placed = candidates.stream()
                .map(scored -> new Placed(scored, coordinates(scored)))
                .toList();
        if (isEmpty()) {
            range = new ObjectiveRange(placed.getFirst().coordinates().length);
            for (int i = 0; i < candidates.getFirst().objectives().length; i++) {
                maps.add(new TreeMap<>(Arrays::compare));
            }
        }
        all.addAll(placed);
        boolean wider = false;
        for (Placed candidate : placed) {
            wider |= range.widen(candidate.coordinates());
        }
        if (wider) {
            maps.forEach(NavigableMap::clear);
        }
        for (Placed candidate : wider ? all : placed) {
            for (int objective = 0; objective < maps.size(); objective++) {
                place(candidate, objective);
            }
        }
    }

    private void place(Placed candidate, int objective) {
        maps.get(objective)
                .merge(cell(candidate.coordinates(), objective), candidate.scored(),
                        (old, rival) -> better(old, rival, objective) ? old : rival);
    }

    private static boolean better(Scored old, Scored rival, int objective) {
        return old.violation() != rival.violation()
                ? old.violation() < rival.violation()
                : old.objectives()[objective] > rival.objectives()[objective];
    }

    private static double[] coordinates(Scored scored) {
        double[] objectives = scored.objectives();
        if (objectives.length > 1) {
            return objectives;
        }
        double[] genes = scored.genes();
        int half = (genes.length + 1) / 2;
        return new double[]{objectives[0],
            Arrays.stream(genes, 0, half).average().orElse(0),
            Arrays.stream(genes, half, genes.length).average().orElse(0)};
    }

    private int[] cell(double[] point, int without) {
        var cell = new int[point.length - 1];
        for (int i = 0; i < point.length; i++) {
            if (i != without) {
                cell[i < without ? i : i - 1] = Math.min((int) (BINS * range.scaled(i, point[i])),
                        BINS - 1);
            }
        }
        return cell;
    }

    /** The specialists of the objective whose turn it is, in the order of their cells. */
    List<Scored> inTurn(int turn) {
        return List.copyOf(maps.get(turn % maps.size()).values());
    }

    /** All maps' specialists, each once. */
    List<Scored> elites() {
        return maps.stream().flatMap(map -> map.values().stream()).distinct().toList();
    }
}
