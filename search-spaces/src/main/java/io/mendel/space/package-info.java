/**
 * What can be built: recipes, merge methods as data, the parameter space and the mergekit dialect.
 *
 * <p>
 * Nothing here reads a weight. A {@link io.mendel.space.Recipe} names models and says how they are combined; the
 * evaluator gives the names a meaning.
 */
@NullMarked
package io.mendel.space;

import org.jspecify.annotations.NullMarked;
