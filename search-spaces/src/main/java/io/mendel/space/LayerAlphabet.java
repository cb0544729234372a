package io.mendel.space;

import java.util.List;

/** The layers a path is written in, and how a written path becomes a recipe. */
sealed interface LayerAlphabet permits ParentLayers, MergedLayers {

    /** Number of letters. */
    int size();

    /** What people call a letter, such as {@code math-en.3}. */
    String name(int letter);

    /** What kind of letter it is, such as the parent's name, where the layer is known otherwise. */
    String kind(int letter);

    /** The layer of its model that a letter stands for. */
    int depth(int letter);

    /** The letters of a layer, the first parent's before the others'; empty if no model is so deep. */
    List<Integer> at(int depth);

    /** The path of the first parent. */
    List<Integer> own();

    /** The paths of the parents, by name, the first one's before the others'. */
    List<Named> parents();

    /** A parent's own path. */
    record Named(String name, List<Integer> letters) {}

    /** Genes that every step has for itself; their names are to be completed by that of the step. */
    List<Gene.Real> stepGenes();

    /** Genes of what lies around the layers. */
    List<Gene.Real> outerGenes();

    /** Values of a step's genes where nothing better is known. */
    List<Double> restingValues();

    /**
     * The recipe of a path.
     *
     * @param path at least one step; the first one's scale is 1
     * @param outer values of the outer genes
     */
    Recipe recipe(List<PathStep> path, List<Double> outer);

    /** The scales of a path, for the recipe. */
    static List<Double> scales(List<PathStep> path) {
        return path.stream().map(PathStep::scale).toList();
    }
}
