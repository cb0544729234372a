/** The part of Jinja2 that evaluation tasks use, with strict undefined names and Python's values. */
@NullMarked
package io.mendel.benchmark.template;

import org.jspecify.annotations.NullMarked;
