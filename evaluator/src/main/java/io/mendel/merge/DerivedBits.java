package io.mendel.merge;

/**
 * A number for each element that follows from the inputs, computed again on every pass.
 *
 * @param inputs the inputs
 * @param unit runs begin and end at multiples of it
 * @param rule the numbers
 */
record DerivedBits(BlockInputs inputs, long unit, Rule rule) implements OrderedBits {

    /** Computes the numbers of a run. */
    @FunctionalInterface
    interface Rule {
        /** Writes the patterns of {@code count} numbers, of which none is negative. */
        void derive(float[][] runs, int count, long firstIndex, int[] bits);
    }

    @Override
    public long elements() {
        return inputs.elements();
    }

    @Override
    public void forEachBlock(Pass pass) {
        int[] bits = new int[inputs.runLength(unit)];
        inputs.forEachBlock(unit, (runs, count, firstIndex) -> {
            rule.derive(runs, count, firstIndex, bits);
            pass.block(bits, count, firstIndex);
        });
    }
}
