package io.mendel.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Edits that keep a path sensible: skip a layer, run one again, swap neighbours, take a stretch from another parent,
 * change a scale or a weight; and splicing two paths at a depth.
 *
 * <p>
 * A layer that runs where it was trained to run does something useful; random paths do nothing. So layers move little,
 * and a path grows out of the first model's: half of those that a search starts with are that path on other scales.
 */
final class PathMoves implements Variation {

    private static final int LONGEST_STRETCH = 3;
    private static final int MOST_MOVES = 4;
    private static final double SCALE_SIGMA = 0.05;
    private static final double VALUE_SIGMA = 0.12;

    /** What can be done to a path, with how likely it is. */
    private enum Move {
        SKIP(1), REPEAT(1), SWAP(1), REPLACE(2), RESCALE(5), REVALUE(6);

        private final int weight;

        Move(int weight) {
            this.weight = weight;
        }
    }

    private final SlotEncoding encoding;
    private final LayerAlphabet alphabet;
    private final DataFlowSettings settings;
    private final List<Move> moves = new ArrayList<>();

    PathMoves(SlotEncoding encoding, LayerAlphabet alphabet, DataFlowSettings settings) {
        this.encoding = encoding;
        this.alphabet = alphabet;
        this.settings = settings;
        for (Move move : Move.values()) {
            boolean possible = switch (move) {
                case SKIP, REPEAT, SWAP -> true;
                case REPLACE -> alphabet.parents().size() > 1;
                case RESCALE -> encoding.scale() != null;
                case REVALUE -> !alphabet.stepGenes().isEmpty();
            };
            if (possible) {
                moves.addAll(java.util.Collections.nCopies(move.weight, move));
            }
        }
    }

    @Override
    public double[] start(RandomGenerator random) {
        double[] own = encoding.vector(alphabet.own());
        double[] whole = Arrays.copyOf(own, own.length + alphabet.outerGenes().size());
        Arrays.fill(whole, own.length, whole.length, 0.5);
        return encoding.scale() != null && random.nextBoolean()
                ? rescaled(whole, random)
                : mutated(whole, random);
    }

    /** The same path with other scales. */
    private double[] rescaled(double[] vector, RandomGenerator random) {
        var contents = new ArrayList<@Nullable PathStep>();
        for (PathStep step : encoding.contents(vector)) {
            contents.add(step == null ? null : rescaled(step, random));
        }
        return whole(contents, outer(vector));
    }

    @Override
    public double[] mutated(double[] vector, RandomGenerator random) {
        List<@Nullable PathStep> contents = encoding.contents(vector);
        double[] outer = outer(vector);
        int count = 1;
        while (count < MOST_MOVES && random.nextBoolean()) {
            count++;
        }
        for (int i = 0; i < count; i++) {
            Move move = moves.get(random.nextInt(moves.size()));
            contents = encoding.fitted(apply(move, contents, outer, random));
        }
        return whole(contents, outer);
    }

    private List<@Nullable PathStep> apply(Move move, List<@Nullable PathStep> contents,
            double[] outer, RandomGenerator random) {
        var edited = new ArrayList<@Nullable PathStep>(contents);
        int[] inner = IntStream.range(0, edited.size())
                .filter(i -> edited.get(i) != null && !encoding.slots().get(i).fixed())
                .toArray();
        int[] held = IntStream.range(0, edited.size())
                .filter(i -> edited.get(i) != null)
                .toArray();
        switch (move) {
            case SKIP -> {
                if (inner.length > 0 && held.length > settings.minLayers()) {
                    edited.set(inner[random.nextInt(inner.length)], null);
                }
            }
            case REPEAT -> {
                if (held.length < settings.maxLayers()) {
                    repeat(edited, held[random.nextInt(held.length)], random);
                }
            }
            case SWAP -> {
                if (inner.length > 1) {
                    int at = random.nextInt(inner.length - 1);
                    swap(edited, inner[at], inner[at + 1]);
                }
            }
            case REPLACE -> {
                if (inner.length > 0) {
                    replace(edited, inner, random);
                }
            }
            case RESCALE -> {
                int at = held[random.nextInt(held.length)];
                edited.set(at, rescaled(Objects.requireNonNull(edited.get(at)), random));
            }
            case REVALUE -> {
                int at = random.nextInt(held.length + 1);
                if (at == held.length) {
                    for (int i = 0; i < outer.length; i++) {
                        outer[i] = jittered(outer[i], random);
                    }
                } else {
                    edited.set(held[at],
                            revalued(Objects.requireNonNull(edited.get(held[at])), random));
                }
            }
        }
        return edited;
    }

    /** Runs a layer once more, or the one behind it in its model, which brings back what was skipped. */
    private void repeat(List<@Nullable PathStep> contents, int at, RandomGenerator random) {
        PathStep step = Objects.requireNonNull(contents.get(at));
        List<Integer> next = alphabet.at(alphabet.depth(step.letter()) + 1);
        int letter = next.isEmpty() || random.nextBoolean()
                ? step.letter()
                : next.get(random.nextInt(next.size()));
        PathStep added = step.withLetter(letter).withScale(1);
        if (encoding.free()) {
            boolean last = at == contents.size() - 1 && encoding.slots().get(at).fixed();
            int empty = contents.indexOf(null);
            if (empty >= 0) {
                contents.remove(empty);
                contents.add(last ? Math.min(at, empty) : at + 1, added);
            }
            return;
        }
        int[] fitting = IntStream.range(0, contents.size())
                .filter(i -> contents.get(i) == null
                        && encoding.slots().get(i).letters().contains(letter))
                .toArray();
        if (fitting.length > 0) {
            contents.set(fitting[random.nextInt(fitting.length)], added);
        }
    }

    private void swap(List<@Nullable PathStep> contents, int a, int b) {
        PathStep first = Objects.requireNonNull(contents.get(a));
        PathStep second = Objects.requireNonNull(contents.get(b));
        if (encoding.free()) {
            contents.set(a, second);
            contents.set(b, first);
            return;
        }
        // Depths stay in order there, so the neighbours swap their models.
        int here = sameDepth(first.letter(), alphabet.kind(second.letter()));
        int there = sameDepth(second.letter(), alphabet.kind(first.letter()));
        if (here >= 0 && there >= 0) {
            contents.set(a, second.withLetter(here));
            contents.set(b, first.withLetter(there));
        }
    }

    private void replace(List<@Nullable PathStep> contents, int[] inner, RandomGenerator random) {
        var parents = alphabet.parents();
        String kind = parents.get(random.nextInt(parents.size())).name();
        int from = random.nextInt(inner.length);
        int to = Math.min(inner.length, from + 1 + random.nextInt(LONGEST_STRETCH));
        for (int i = from; i < to; i++) {
            PathStep step = Objects.requireNonNull(contents.get(inner[i]));
            int letter = sameDepth(step.letter(), kind);
            if (letter >= 0) {
                contents.set(inner[i], step.withLetter(letter));
            }
        }
    }

    /** The letter of this kind and the same depth, or −1. */
    private int sameDepth(int letter, String kind) {
        return alphabet.at(alphabet.depth(letter))
                .stream()
                .filter(other -> alphabet.kind(other).equals(kind))
                .findFirst()
                .orElse(-1);
    }

    private PathStep rescaled(PathStep step, RandomGenerator random) {
        Gene.Real scale = Objects.requireNonNull(encoding.scale());
        return step.withScale(
                scale.value(Math.clamp(
                        scale.coordinate(step.scale() + SCALE_SIGMA * random.nextGaussian()), 0.0,
                        1.0)));
    }

    private PathStep revalued(PathStep step, RandomGenerator random) {
        var values = new ArrayList<Double>();
        for (int i = 0; i < alphabet.stepGenes().size(); i++) {
            Gene.Real gene = alphabet.stepGenes().get(i);
            values.add(gene.value(jittered(gene.coordinate(step.values().get(i)), random)));
        }
        return step.withValues(values);
    }

    private static double jittered(double coordinate, RandomGenerator random) {
        return Math.clamp(coordinate + VALUE_SIGMA * random.nextGaussian(), 0.0, 1.0);
    }

    /** Cuts the first path anywhere and goes on with the second where it is as deep. */
    @Override
    public double[] crossed(double[] first, double[] second, RandomGenerator random) {
        List<@Nullable PathStep> beginning = encoding.contents(first);
        List<@Nullable PathStep> end = encoding.contents(second);
        var child = new ArrayList<@Nullable PathStep>();
        if (encoding.free()) {
            beginning = new ArrayList<>(beginning);
            beginning.removeIf(Objects::isNull);
            int cut = random.nextInt(beginning.size());
            int depth = alphabet.depth(Objects.requireNonNull(beginning.get(cut)).letter());
            child.addAll(beginning.subList(0, cut));
            int from = 0;
            while (from < end.size() - 1 && (end.get(from) == null
                    || alphabet.depth(Objects.requireNonNull(end.get(from)).letter()) < depth)) {
                from++;
            }
            child.addAll(end.subList(from, end.size()));
            if (cut == 0 && encoding.slots().getFirst().fixed()) {
                return second.clone();
            }
        } else {
            int cut = random.nextInt(beginning.size());
            child.addAll(beginning.subList(0, cut));
            child.addAll(end.subList(cut, end.size()));
        }
        return whole(encoding.fitted(child), random.nextBoolean() ? outer(first) : outer(second));
    }

    private double[] outer(double[] vector) {
        return Arrays.copyOfRange(vector, encoding.genes().size(), vector.length);
    }

    private double[] whole(List<@Nullable PathStep> contents, double[] outer) {
        double[] path = encoding.vector(contents, new double[encoding.genes().size()]);
        double[] whole = Arrays.copyOf(path, path.length + outer.length);
        for (int i = 0; i < outer.length; i++) {
            whole[path.length + i] = alphabet.outerGenes().get(i).snap(outer[i]);
        }
        return whole;
    }
}
