package io.mendel.merge;

/**
 * Moves the base towards the other model where they are near: {@code w·x + (1 − w)·base} with
 * {@code w = clamp(t / max(|base − x|, 1e-6), 0, 1)}. Inputs are the base and the other model.
 *
 * @param t distance up to which the other model's weight is taken as it is
 */
record NearSwap(double t) implements BlockMerge {

    private static final float SMALLEST_DISTANCE = 1e-6f;

    @Override
    public BlockFunction resolve(BlockInputs inputs) {
        float limit = (float) t;
        return new FusedFunction((runs, count, target) -> {
            float[] base = runs[0];
            float[] other = runs[1];
            for (int i = 0; i < count; i++) {
                float share = limit / Math.max(Math.abs(base[i] - other[i]), SMALLEST_DISTANCE);
                share = Math.clamp(share, 0, 1);
                target[i] = share * other[i] + (1 - share) * base[i];
            }
        }, new FusedMerge.Swap(limit));
    }
}
