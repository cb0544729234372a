/** Benchmarks: tasks, prompts, few-shots, metrics, item subsets. */
@NullMarked
package io.mendel.benchmark;

import org.jspecify.annotations.NullMarked;
