package io.mendel.benchmark;

import java.util.Map;

/**
 * A document of a split.
 *
 * @param id its index in the split
 * @param values its columns; every column of the split is there, None if the line had none
 * @param place where it comes from, for messages
 */
record Doc(int id, Map<String, Object> values, String place) {}
