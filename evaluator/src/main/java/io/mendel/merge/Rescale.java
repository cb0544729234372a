package io.mendel.merge;

/**
 * How a sparsified delta is scaled to make up for what was dropped.
 *
 * @since 0.1
 */
public enum Rescale {
    /** Not at all. */
    NONE,
    /** By 1/density, as in the DARE paper. */
    INVERSE_DENSITY,
    /** To the L1 norm it had before, as in mergekit; not if either norm is below 1e-7 or not finite. */
    L1,
    /** To the L2 norm it had before, under the same condition. */
    L2,
    /** To the largest magnitude it had before, under the same condition. */
    LINF;

    /** The rule of a recipe: {@code rescale_rule} where the method has it and it is not auto, else {@code rescale}. */
    static Rescale of(ResolvedParameters parameters) throws MergeException {
        if (parameters.recipe().method().has("rescale_rule")) {
            String word = parameters.word("rescale_rule");
            if (!word.equals("auto")) {
                return valueOf(word.toUpperCase(java.util.Locale.ROOT));
            }
        }
        return parameters.flag("rescale") ? L1 : NONE;
    }
}
