/** What a Python program would do with text, numbers and random draws, where Java differs. */
@NullMarked
package io.mendel.benchmark.python;

import org.jspecify.annotations.NullMarked;
