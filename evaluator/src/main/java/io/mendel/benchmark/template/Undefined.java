package io.mendel.benchmark.template;

/**
 * The value of a name that does not exist; anything but asking whether it is defined is an error.
 *
 * @param description what was looked up
 */
record Undefined(String description) {}
