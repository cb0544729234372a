package io.mendel.merge;

/** Which elements of a delta survive, run by run. */
@FunctionalInterface
interface KeepRule {

    /**
     * What survives of a run.
     *
     * @param base the base's elements
     * @param model the parent's elements
     * @param firstIndex flat index of the first element in its tensor
     */
    Keep keep(Elements base, Elements model, long firstIndex);

    /**
     * A rule that does not depend on the run.
     *
     * @param keep what survives
     */
    record Always(Keep keep) implements KeepRule {
        @Override
        public Keep keep(Elements base, Elements model, long firstIndex) {
            return keep;
        }
    }

    /** A rule that does not depend on the run. */
    static KeepRule always(Keep keep) {
        return new Always(keep);
    }
}
