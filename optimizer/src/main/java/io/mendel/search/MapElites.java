package io.mendel.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * CycleQD: one map of specialists for each objective, in turn the one that parents come from.
 *
 * <p>
 * S. Kuroki et al., <em>Agent skill acquisition for large language models via CycleQD</em>, 2024,
 * <a href="https://arxiv.org/abs/2410.14735">arXiv 2410.14735</a>. In the map of an objective the cells are made by the
 * other objectives, and of all candidates of a cell the one that is best in this objective stays. Every child is tried
 * in every map. A single objective has cells made by the means of the two halves of the genes.
 */
final class MapElites extends GenerationalStrategy {
    private static final int BINS = 15;
    private static final double LEAST_SHARE = 0.5;
    private static final double MOST_SHARE = 0.8;

    private final Breeding breeding;
    /** All candidates ever scored, since a wider range of an objective moves them to other cells. */
    private List<Scored> all = new ArrayList<>();
    private List<List<Scored>> maps = List.of();

    MapElites(SearchSettings settings, SearchProblem problem) {
        super(settings, problem);
        breeding = new Breeding(settings, problem);
    }

    @Override
    void propose(RandomGenerator random) {
        if (maps.isEmpty()) {
            new FirstGeneration(settings, problem).propose(proposals, populationSize(), random);
            return;
        }
        int wanted = settings.offspring() > 0 ? settings.offspring() : populationSize() / 2 + 1;
        List<Scored> elites = maps.get(generation() % maps.size());
        double[] shares = shares(elites);
        fill(wanted, random, () -> {
            double[] mother = elites.get(Roulette.spin(shares, random)).genes();
            double[] father = elites.get(Roulette.spin(shares, random)).genes();
            return breeding.child(mother, father, random);
        });
    }

    @Override
    void learn(List<Scored> evaluated, RandomGenerator random) {
        evaluated.stream().filter(scored -> !scored.failed()).forEach(all::add);
        rebuild();
    }

    private void rebuild() {
        if (all.isEmpty()) {
            maps = List.of();
            return;
        }
        int objectives = all.getFirst().objectives().length;
        var points = all.stream().map(MapElites::coordinates).toList();
        double[][] range = range(points);
        var rebuilt = new ArrayList<List<Scored>>();
        for (int objective = 0; objective < objectives; objective++) {
            Map<List<Integer>, Scored> map = new TreeMap<>(LEXICOGRAPHIC);
            for (int i = 0; i < all.size(); i++) {
                Scored candidate = all.get(i);
                int quality = objective;
                map.merge(cell(points.get(i), objective, range), candidate,
                        (old, rival) -> better(old, rival, quality) ? old : rival);
            }
            rebuilt.add(List.copyOf(map.values()));
        }
        maps = rebuilt;
    }

    private static final Comparator<List<Integer>> LEXICOGRAPHIC = (a, b) -> Arrays.compare(
            a.stream().mapToInt(Integer::intValue).toArray(),
            b.stream().mapToInt(Integer::intValue).toArray());

    private static boolean better(Scored old, Scored rival, int objective) {
        return old.violation() != rival.violation()
                ? old.violation() < rival.violation()
                : old.objectives()[objective] > rival.objectives()[objective];
    }

    /** What cells are made of: the objectives; of one objective, also the means of both halves of the genes. */
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

    private static double[][] range(List<double[]> points) {
        double[] least = points.getFirst().clone();
        double[] most = points.getFirst().clone();
        for (double[] point : points) {
            for (int i = 0; i < point.length; i++) {
                least[i] = Math.min(least[i], point[i]);
                most[i] = Math.max(most[i], point[i]);
            }
        }
        return new double[][]{least, most};
    }

    private static List<Integer> cell(double[] point, int without, double[][] range) {
        var cell = new ArrayList<Integer>();
        for (int i = 0; i < point.length; i++) {
            if (i != without) {
                double place = (point[i] - range[0][i])
                        / Math.max(1e-12, range[1][i] - range[0][i]);
                cell.add(Math.min((int) (BINS * place), BINS - 1));
            }
        }
        return cell;
    }

    /** Elite sampling: the product of the scaled objectives, each between the least and the most share. */
    private static double[] shares(List<Scored> elites) {
        double[][] range = range(elites.stream().map(Scored::objectives).toList());
        return elites.stream().mapToDouble(elite -> {
            double share = 1;
            for (int i = 0; i < elite.objectives().length; i++) {
                double scaled = (elite.objectives()[i] - range[0][i])
                        / Math.max(1e-12, range[1][i] - range[0][i]);
                share *= LEAST_SHARE + (MOST_SHARE - LEAST_SHARE) * scaled;
            }
            return share;
        }).toArray();
    }

    /** The maps' elites, each once. */
    private List<Scored> elites() {
        return maps.stream().flatMap(List::stream).distinct().toList();
    }

    @Override
    public boolean remembers() {
        return true;
    }

    @Override
    public List<double[]> remembered() {
        return elites().stream().map(Scored::genes).toList();
    }

    @Override
    public void rescore(List<Scored> remembered) {
        all = new ArrayList<>(Rescoring.of(elites(), remembered));
        rebuild();
    }
}
