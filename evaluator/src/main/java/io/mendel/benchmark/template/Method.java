package io.mendel.benchmark.template;

/**
 * A method of a value, not called yet.
 *
 * @param target the value
 * @param name the method's name
 */
record Method(Object target, String name) {}
