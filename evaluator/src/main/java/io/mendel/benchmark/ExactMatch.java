package io.mendel.benchmark;

import io.mendel.benchmark.python.PythonRegex;
import io.mendel.benchmark.python.PythonText;
import java.util.List;

/**
 * Compares an output with a target after taking away what does not matter.
 *
 * @param ignored what these match is removed first, one after the other
 * @param ignoreCase whether both are made lower case
 * @param ignorePunctuation whether ASCII punctuation is removed
 * @param ignoreNumbers whether ASCII digits are removed
 */
record ExactMatch(List<PythonRegex> ignored, boolean ignoreCase, boolean ignorePunctuation,
        boolean ignoreNumbers) {

    static final ExactMatch PLAIN = new ExactMatch(List.of(), false, false, false);

    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    ExactMatch {
        ignored = List.copyOf(ignored);
    }

    boolean matches(String output, String target) {
        return reduce(output).equals(reduce(target));
    }

    private String reduce(String text) {
        String reduced = text;
        for (PythonRegex pattern : ignored) {
            reduced = pattern.replace(reduced, "", 0);
        }
        reduced = ignoreCase ? PythonText.lower(reduced) : reduced;
        reduced = ignorePunctuation ? without(reduced, PUNCTUATION) : reduced;
        return ignoreNumbers ? without(reduced, "0123456789") : reduced;
    }

    private static String without(String text, String characters) {
        var out = new StringBuilder();
        text.chars().filter(c -> characters.indexOf(c) < 0).forEach(c -> out.append((char) c));
        return out.toString();
    }
}
