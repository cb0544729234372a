package io.mendel.space;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All layers in a row, several times, each with an indicator that includes it if positive; the hidden state that goes
 * from layer i to layer j is multiplied by {@code W[i][j]}.
 *
 * <p>
 * Where a path would be too long, the layers with the smallest indicators are left out; where it would be too short,
 * those with the largest are put in.
 */
final class IndicatorEncoding implements PathEncoding {

    private static final double INCLUDED = 0.75;
    private static final double EXCLUDED = 0.25;

    private final DataFlowSettings settings;
    private final LayerAlphabet alphabet;
    /** The letter of each indicator. */
    private final List<Integer> slots = new ArrayList<>();
    private final List<Gene> genes = new ArrayList<>();
    private final Gene.@Nullable Real scale;
    private final int first;
    private final int last;
    private final int firstPass;

    IndicatorEncoding(DataFlowSettings settings, LayerAlphabet alphabet) {
        this.settings = settings;
        this.alphabet = alphabet;
        List<Integer> own = alphabet.own();
        first = settings.fixedEnds() ? own.getFirst() : -1;
        last = settings.fixedEnds() && own.size() > 1 ? own.getLast() : -1;
        for (int pass = 0; pass < settings.repeats(); pass++) {
            for (int letter = 0; letter < alphabet.size(); letter++) {
                if (pass > 0 || (letter != first && letter != last)) {
                    slots.add(letter);
                    String suffix = settings.repeats() == 1 ? "" : ", pass " + (pass + 1);
                    genes.add(new Gene.Real("use " + alphabet.name(letter) + suffix, -1, 1,
                            1.0 / 1000));
                }
            }
        }
        firstPass = alphabet.size() - (first < 0 ? 0 : 1) - (last < 0 ? 0 : 1);
        var range = settings.scale();
        scale = range == null
                ? null
                : new Gene.Real("scale", range.min(), range.max(), SCALE_STEP);
        for (int i = 0; scale != null && i < alphabet.size(); i++) {
            for (int j = 0; j < alphabet.size(); j++) {
                genes.add(new Gene.Real("scale " + alphabet.name(i) + " to " + alphabet.name(j),
                        scale.min(), scale.max(), SCALE_STEP));
            }
        }
    }

    @Override
    public List<Gene> genes() {
        return genes;
    }

    /** The indicators of the layers that run, within the limits. */
    private Set<Integer> included(double[] vector) {
        var ranked = IntStream.range(0, slots.size())
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(slot -> -vector[slot])
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        int wanted = (int) ranked.stream().filter(slot -> vector[slot] > 0.5).count();
        int fixed = (first < 0 ? 0 : 1) + (last < 0 ? 0 : 1);
        int count = Math.clamp(wanted, Math.max(0, settings.minLayers() - fixed),
                Math.min(slots.size(), settings.maxLayers() - fixed));
        return new HashSet<>(ranked.subList(0, count));
    }

    @Override
    public List<PathStep> path(double[] vector) {
        Set<Integer> included = included(vector);
        var letters = new ArrayList<Integer>();
        if (first >= 0) {
            letters.add(first);
        }
        IntStream.range(0, slots.size())
                .filter(included::contains)
                .forEach(slot -> letters.add(slots.get(slot)));
        if (last >= 0) {
            letters.add(last);
        }
        var path = new ArrayList<PathStep>();
        for (int i = 0; i < letters.size(); i++) {
            double factor = i == 0 || scale == null
                    ? 1
                    : scale.value(vector[weight(letters.get(i - 1), letters.get(i))]);
            path.add(new PathStep(letters.get(i), factor, List.of()));
        }
        return path;
    }

    private int weight(int from, int to) {
        return slots.size() + from * alphabet.size() + to;
    }

    @Override
    public double[] snap(double[] vector) {
        Set<Integer> included = included(vector);
        double[] snapped = new double[vector.length];
        for (int slot = 0; slot < slots.size(); slot++) {
            snapped[slot] = included.contains(slot) ? INCLUDED : EXCLUDED;
        }
        if (scale != null) {
            for (int i = slots.size(); i < vector.length; i++) {
                snapped[i] = scale.coordinate(1);
            }
            List<PathStep> path = path(vector);
            for (int i = 1; i < path.size(); i++) {
                int place = weight(path.get(i - 1).letter(), path.get(i).letter());
                snapped[place] = scale.coordinate(path.get(i).scale());
            }
        }
        return snapped;
    }

    /** Indicators of 0 except in the first pass of the first model, where they are two steps above. */
    @Override
    public double[] centre() {
        double[] centre = vector(List.of());
        for (int slot = 0; slot < slots.size(); slot++) {
            boolean own = slot < firstPass && alphabet.own().contains(slots.get(slot));
            centre[slot] = own ? Math.min(1, 0.5 + 2 * settings.step()) : 0.5;
        }
        return centre;
    }

    /** The letters where they first fit behind those before. */
    @Override
    public double[] vector(List<Integer> letters) {
        double[] vector = new double[genes.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = i < slots.size() || scale == null ? EXCLUDED : scale.coordinate(1);
        }
        int from = 0;
        for (int letter : letters) {
            for (int slot = from; slot < slots.size(); slot++) {
                if (slots.get(slot) == letter) {
                    vector[slot] = INCLUDED;
                    from = slot + 1;
                    break;
                }
            }
        }
        return vector;
    }

    @Override
    public @Nullable Variation variation() {
        return null;
    }
}
