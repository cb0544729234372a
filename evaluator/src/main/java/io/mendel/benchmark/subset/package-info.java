/**
 * Choosing a few items that stand for many, from what several models said on all of them. Everything here is a function of
 * numbers, without models or tasks.
 */
@NullMarked
package io.mendel.benchmark.subset;

import org.jspecify.annotations.NullMarked;
