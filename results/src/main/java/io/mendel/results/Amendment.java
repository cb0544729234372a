package io.mendel.results;

/**
 * A value of the campaign file that was changed after the campaign began.
 *
 * @param key dotted path of the key, such as {@code budget.evaluations}
 * @param value its value in YAML
 * @since 0.1
 */
public record Amendment(String key, String value) {}
