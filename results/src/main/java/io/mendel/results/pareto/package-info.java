/**
 * Trade-offs: dominance, non-dominated sorting, crowding, exact hypervolume and the archive of non-dominated candidates.
 * All algorithms work on vectors that are maximised; {@link io.mendel.results.pareto.Direction} turns measured values
 * into such vectors and back.
 */
@NullMarked
package io.mendel.results.pareto;

import org.jspecify.annotations.NullMarked;
