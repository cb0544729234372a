package io.mendel.space;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Merges that build on each other: the result of a named one is a model of the others.
 *
 * @param steps in an order in which each comes after those it needs; the last one is the output
 * @since 0.1
 */
public record MergeSequence(List<Step> steps) {

    private static final int MAX_STEPS = 500;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");

    /**
     * One merge.
     *
     * @param name the name that the other recipes use; null if none does
     * @param recipe the recipe
     */
    public record Step(@Nullable String name, Recipe recipe) {
        public Step {
            if (name != null && !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "The name of a merge has letters, digits, '.', '_' and '-' only, unlike '"
                                + name + "'.");
            }
        }

        /** The models that it needs, without their adapters. */
        public SortedSet<String> neededModels() {
            var references = new ArrayList<>(recipe.models());
            if (recipe.tokenizer() != null) {
                references.addAll(recipe.tokenizer().models());
            }
            var names = new TreeSet<String>();
            references.forEach(reference -> {
                ModelReference parts = ModelReference.of(reference);
                names.add(parts.revision() == null
                        ? parts.model()
                        : parts.model() + "@" + parts.revision());
            });
            return names;
        }
    }

    public MergeSequence {
        steps = List.copyOf(steps);
        requireFew(steps);
    }

    private static void requireFew(List<Step> steps) {
        if (steps.isEmpty() || steps.size() > MAX_STEPS) {
            throw new IllegalArgumentException("From 1 to " + MAX_STEPS
                    + " recipes can stand in one file, not " + steps.size() + ".");
        }
    }

    /** The merge that everything is done for. */
    public Recipe output() {
        return steps.getLast().recipe();
    }

    /** The merges before it. */
    public List<Step> intermediates() {
        return steps.subList(0, steps.size() - 1);
    }

    /** Names of all merges that have one. */
    public SortedSet<String> names() {
        var names = new TreeSet<String>();
        steps.forEach(step -> {
            if (step.name() != null) {
                names.add(step.name());
            }
        });
        return names;
    }

    /**
     * Brings merges into order. The one without a name is the output, or the last one if all have names.
     *
     * @param steps in any order
     * @throws IllegalArgumentException if two have one name, several have none, or they need each other in a circle
     */
    public static MergeSequence of(List<Step> steps) {
        requireFew(steps);
        var named = new LinkedHashMap<String, Step>();
        Step unnamed = null;
        for (Step step : steps) {
            if (step.name() != null) {
                if (named.put(step.name(), step) != null) {
                    throw new IllegalArgumentException(
                            "Two recipes have the name '" + step.name() + "'.");
                }
            } else if (unnamed == null) {
                unnamed = step;
            } else {
                throw new IllegalArgumentException(
                        "Only one recipe may have no name: it is the output.");
            }
        }
        var ordered = new LinkedHashMap<@Nullable String, Step>();
        for (Step step : steps) {
            visit(step, named, new LinkedHashSet<>(), ordered);
        }
        Step output = unnamed != null ? unnamed : steps.getLast();
        if (output.name() != null
                && ordered.values()
                        .stream()
                        .anyMatch(step -> step.neededModels().contains(output.name()))) {
            throw new IllegalArgumentException("The last recipe '" + output.name()
                    + "' is the output, so no other can use it. Move it up, or add one without a name.");
        }
        ordered.putLast(output.name(), output);
        return new MergeSequence(List.copyOf(ordered.values()));
    }

    /** By names, which are unique: comparing whole recipes would take longer than reading them. */
    private static void visit(Step step, Map<String, Step> named,
            SequencedSet<@Nullable String> path,
            SequencedMap<@Nullable String, Step> ordered) {
        if (ordered.containsKey(step.name())) {
            return;
        }
        if (!path.add(step.name())) {
            throw new IllegalArgumentException("The recipes need each other in a circle: "
                    + path.stream().map(String::valueOf).collect(Collectors.joining(", "))
                    + ".");
        }
        for (String need : step.neededModels()) {
            Step needed = named.get(need);
            if (needed != null) {
                visit(needed, named, path, ordered);
            }
        }
        path.remove(step.name());
        ordered.put(step.name(), step);
    }
}
