package io.mendel.search;

import java.util.List;

/**
 * Proposes candidates, one generation after another.
 *
 * <p>
 * {@link #ask()} gives the candidates of a generation; once all are scored, in whatever order, {@link #tell} takes the
 * scores and moves on.
 *
 * <p>
 * A strategy keeps no random generator between generations: what it asks depends only on its settings, the problem and
 * what it was told. So a strategy is restored by replay, that is, by a new one that is told the recorded scores again.
 * Not thread-safe.
 *
 * @since 0.1
 */
public interface SearchStrategy {

    /**
     * The candidates of the current generation.
     *
     * <p>
     * Asking again before {@link #tell} returns equal vectors. All vectors are canonical, see {@link SearchProblem}; a
     * vector that was asked in an earlier generation or twice in this one occurs only if no other was found.
     *
     * @return new arrays of genes in [0, 1], at least one
     */
    List<double[]> ask();

    /**
     * Reports the outcomes of all candidates of the current generation and moves on to the next.
     *
     * @param evaluated one outcome for each vector of {@link #ask()}, in that order
     * @throws IllegalArgumentException if genes differ from those asked; the strategy is unchanged
     */
    void tell(List<Scored> evaluated);

    /** Number of the generation that {@link #ask()} returns, counted from 0: how often was told. */
    int generation();

    /**
     * Whether the current generation has no vector that was not asked before: a discrete space is used up.
     *
     * <p>
     * A caller that does not pay for repeated candidates must stop then, or it may never reach its budget.
     */
    boolean exhausted();

    /** Whether {@link #tell} makes use of {@link Scored#items()}, which cost a caller a look into its store. */
    default boolean readsItems() {
        return false;
    }

    /** Whether scores of earlier generations are compared with those of later ones, see {@link #remembered()}. */
    default boolean remembers() {
        return false;
    }

    /**
     * The vectors with whose scores those of later generations will be compared; none for a strategy that forgets, such
     * as CMA-ES.
     *
     * <p>
     * A caller that scores each generation on other items scores these again on the new items first, and passes them to
     * {@link #rescore}.
     *
     * @return new arrays that were all asked before; may be empty
     */
    default List<double[]> remembered() {
        return List.of();
    }

    /**
     * Replaces the scores of the remembered vectors by those on other items, before {@link #tell}.
     *
     * @param remembered one outcome for each vector of {@link #remembered()}, in that order
     * @throws IllegalArgumentException if there are more or fewer; the strategy is unchanged
     */
    default void rescore(List<Scored> remembered) {
        if (!remembered.isEmpty()) {
            throw new IllegalArgumentException("No candidate is remembered, so none is rescored.");
        }
    }
}
