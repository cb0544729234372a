package io.mendel.campaign;

import io.mendel.search.SearchStrategy;

/**
 * Which block of search items a generation is scored on.
 *
 * <p>
 * A strategy that forgets takes another block in each generation: nothing is compared across generations, so no luck
 * with some items is bred on. A strategy that remembers has to score its survivors again whenever the block changes, or
 * it would compare luck; it keeps a block until four times as many candidates as it remembers were scored on it, so that
 * a fifth of the evaluations pays for it.
 */
final class Rotation {

    private static final int PATIENCE = 4;

    private final int blocks;
    private int block;
    private int scored;

    /**
     * A rotation at its first block.
     *
     * @param blocks number of blocks, at least 1; with 1 nothing rotates
     */
    Rotation(int blocks) {
        this.blocks = blocks;
    }

    /** The items that the current generation is scored on. */
    ItemRole items() {
        return ItemRole.search(block);
    }

    /**
     * Notes that a generation was scored, and moves on if it is time.
     *
     * @param candidates how many were scored
     * @param strategy what bred them, after it was told
     * @return whether the items of the next generation are others
     */
    boolean scored(int candidates, SearchStrategy strategy) {
        scored += candidates;
        if (blocks == 1 || scored < PATIENCE * strategy.remembered().size()) {
            return false;
        }
        scored = 0;
        block = (block + 1) % blocks;
        return true;
    }
}
