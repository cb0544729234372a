package io.mendel.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Slots in a row, each empty or holding one of its layers with a scale.
 *
 * <p>
 * In the compact form each slot belongs to a depth. In the free form every slot may hold any layer, and the empty ones
 * are at the end. Genes of an empty slot are at rest, and so is the scale of the first step, so that equal paths of
 * equal slots are equal vectors. A path that is too long loses its last layers, one that is too short gets those of the
 * first model.
 */
final class SlotEncoding implements PathEncoding {

    /**
     * A place in a path.
     *
     * @param name such as {@code slot 3}
     * @param letters what it may hold; a fixed slot holds its only one
     * @param fixed whether it may not be empty
     * @param fallback what it holds if the path would be too short else
     */
    record Slot(String name, List<Integer> letters, boolean fixed, int fallback) {}

    private final DataFlowSettings settings;
    private final LayerAlphabet alphabet;
    private final boolean free;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Gene> genes = new ArrayList<>();
    private final Gene.@Nullable Real scale;

    SlotEncoding(DataFlowSettings settings, LayerAlphabet alphabet) {
        this.settings = settings;
        this.alphabet = alphabet;
        this.free = settings.encoding() == DataFlowSettings.Encoding.EDITS;
        var range = settings.scale();
        this.scale = range == null
                ? null
                : new Gene.Real("scale", range.min(), range.max(), SCALE_STEP);
        List<Integer> own = alphabet.own();
        boolean lastFixed = settings.fixedEnds() && own.size() > 1;
        if (settings.fixedEnds()) {
            slots.add(new Slot("first", List.of(own.getFirst()), true, own.getFirst()));
        }
        if (free) {
            addFree(own, settings.maxLayers() - slots.size() - (lastFixed ? 1 : 0));
        } else {
            addDepths(own, lastFixed);
        }
        if (lastFixed) {
            slots.add(new Slot("last", List.of(own.getLast()), true, own.getLast()));
        }
        for (int i = 0; i < slots.size(); i++) {
            addGenes(slots.get(i), i > 0);
        }
    }

    private void addFree(List<Integer> own, int count) {
        var all = IntStream.range(0, alphabet.size()).boxed().toList();
        for (int i = 0; i < count; i++) {
            int fallback = own.get(Math.min(i + slots.size(), own.size() - 1));
            slots.add(new Slot("step " + (i + 1), all, false, fallback));
        }
    }

    private void addDepths(List<Integer> own, boolean lastFixed) {
        for (int depth = 0; !alphabet.at(depth).isEmpty(); depth++) {
            for (int copy = 0; copy < settings.repeats(); copy++) {
                boolean first = settings.fixedEnds() && depth == 0 && copy == 0;
                boolean last = lastFixed && depth == own.size() - 1
                        && copy == settings.repeats() - 1;
                if (!first && !last) {
                    String name = "layer " + depth
                            + (settings.repeats() == 1 ? "" : " slot " + (copy + 1));
                    slots.add(new Slot(name, alphabet.at(depth), false,
                            alphabet.at(depth).getFirst()));
                }
            }
        }
    }

    private void addGenes(Slot slot, boolean scaled) {
        if (!slot.fixed) {
            var words = new ArrayList<String>(List.of("skip"));
            slot.letters.forEach(letter -> words.add(free
                    ? alphabet.name(letter)
                    : alphabet.kind(letter)));
            genes.add(new Gene.Choice(slot.name, words));
        }
        if (scaled && scale != null) {
            genes.add(new Gene.Real(slot.name + " scale", scale.min(), scale.max(), SCALE_STEP));
        }
        for (Gene.Real gene : alphabet.stepGenes()) {
            genes.add(new Gene.Real(slot.name + " " + gene.name(), gene.min(), gene.max(),
                    gene.step()));
        }
    }

    boolean free() {
        return free;
    }

    List<Slot> slots() {
        return slots;
    }

    Gene.@Nullable Real scale() {
        return scale;
    }

    @Override
    public List<Gene> genes() {
        return genes;
    }

    /** What each slot holds, null for nothing. */
    List<@Nullable PathStep> contents(double[] vector) {
        var contents = new ArrayList<@Nullable PathStep>();
        int place = 0;
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            int word = 1;
            if (!slot.fixed) {
                word = ((Gene.Choice) genes.get(place)).index(vector[place]);
                place++;
            }
            double factor = i > 0 && scale != null ? scale.value(vector[place++]) : 1;
            var values = new ArrayList<Double>();
            for (Gene.Real gene : alphabet.stepGenes()) {
                values.add(gene.value(vector[place++]));
            }
            contents.add(word == 0
                    ? null
                    : new PathStep(slot.letters.get(word - 1), factor, values));
        }
        return fitted(contents);
    }

    /** The contents within all limits: packed if the form is free, neither too long nor too short. */
    List<@Nullable PathStep> fitted(List<? extends @Nullable PathStep> given) {
        var contents = new ArrayList<@Nullable PathStep>(given);
        if (free) {
            boolean end = slots.getLast().fixed && slots.size() > 1;
            var last = end ? contents.removeLast() : null;
            contents.removeIf(Objects::isNull);
            int room = slots.size() - (end ? 1 : 0);
            while (contents.size() > room) {
                contents.removeLast();
            }
            while (contents.size() < room) {
                contents.add(null);
            }
            if (end) {
                contents.add(last);
            }
        }
        int count = (int) contents.stream().filter(Objects::nonNull).count();
        for (int i = slots.size() - 1; i >= 0 && count > settings.maxLayers(); i--) {
            if (contents.get(i) != null && !slots.get(i).fixed) {
                contents.set(i, null);
                count--;
            }
        }
        for (int i = 0; i < slots.size() && count < settings.minLayers(); i++) {
            if (contents.get(i) == null) {
                contents.set(i, resting(slots.get(i).fallback));
                count++;
            }
        }
        for (int i = 0; i < slots.size(); i++) {
            PathStep step = contents.get(i);
            if (step != null) {
                contents.set(i, step.withScale(1));
                break;
            }
        }
        return contents;
    }

    PathStep resting(int letter) {
        return new PathStep(letter, 1, alphabet.restingValues());
    }

    /** The canonical vector of what the slots hold. */
    double[] vector(List<? extends @Nullable PathStep> given, double[] target) {
        List<@Nullable PathStep> contents = fitted(given);
        int place = 0;
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            PathStep step = contents.get(i);
            if (!slot.fixed) {
                int word = step == null ? 0 : slot.letters.indexOf(step.letter()) + 1;
                target[place++] = (word + 0.5) / (slot.letters.size() + 1);
            }
            PathStep shown = step == null ? resting(slot.fallback) : step;
            if (i > 0 && scale != null) {
                target[place++] = scale.coordinate(shown.scale());
            }
            for (int v = 0; v < alphabet.stepGenes().size(); v++) {
                target[place++] = alphabet.stepGenes().get(v).coordinate(shown.values().get(v));
            }
        }
        return target;
    }

    @Override
    public List<PathStep> path(double[] vector) {
        return contents(vector).stream().filter(Objects::nonNull).toList();
    }

    @Override
    public double[] snap(double[] vector) {
        return vector(contents(vector), new double[genes.size()]);
    }

    @Override
    public double[] centre() {
        return vector(alphabet.own());
    }

    @Override
    public double[] vector(List<Integer> letters) {
        var contents = new ArrayList<@Nullable PathStep>(
                Arrays.asList(new PathStep[slots.size()]));
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).fixed) {
                contents.set(i, resting(slots.get(i).fallback));
            }
        }
        // The ends of a path that must begin and end otherwise are replaced.
        int from = slots.getFirst().fixed ? 1 : 0;
        int to = letters.size() - (slots.getLast().fixed && slots.size() > 1 ? 1 : 0);
        int slot = from;
        for (int letter : letters.subList(Math.min(from, to), to)) {
            while (slot < slots.size() && (slots.get(slot).fixed
                    || !slots.get(slot).letters.contains(letter))) {
                slot++;
            }
            if (slot < slots.size()) {
                contents.set(slot++, resting(letter));
            }
        }
        return vector(contents, new double[genes.size()]);
    }

    @Override
    public Variation variation() {
        return new PathMoves(this, alphabet, settings);
    }
}
