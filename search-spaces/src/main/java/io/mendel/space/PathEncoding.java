package io.mendel.space;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a path is written as the first genes of a vector; the outer genes of the alphabet follow. */
sealed interface PathEncoding permits IndicatorEncoding, SlotEncoding {

    /** Grid of the scales: paths whose scales look the same are the same, and share their beginnings. */
    double SCALE_STEP = 1.0 / 100;

    List<Gene> genes();

    /** The path of a vector, within the limits of length; at least one step, the first one's scale being 1. */
    List<PathStep> path(double[] vector);

    /** The representative of all vectors with the same path. */
    double[] snap(double[] vector);

    /** Where a search starts: about the first model's own path. */
    double[] centre();

    /** A vector with this path, if there is one, made to fit the limits of length. */
    double[] vector(List<Integer> letters);

    @Nullable
    Variation variation();
}
