package io.mendel.benchmark;

import io.mendel.benchmark.python.PythonRegex;
import io.mendel.benchmark.python.PythonText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A step between the generated text and the metric.
 *
 * <p>
 * There is one response per document, so the steps that choose among responses ({@code take_first}, {@code take_first_k},
 * {@code majority_vote}) keep it.
 */
sealed interface ResponseFilter {

    String apply(String response);

    /** Keeps the only response. */
    record Keep() implements ResponseFilter {
        @Override
        public String apply(String response) {
            return response;
        }
    }

    /**
     * The n-th match of a pattern: its first group that is not empty, without white space around it.
     *
     * @param pattern what to find
     * @param select which match; negative counts from the last
     * @param fallback the result without a match
     */
    record Extract(PythonRegex pattern, int select, String fallback) implements ResponseFilter {
        @Override
        public String apply(String response) {
            List<List<String>> matches = pattern.findAll(response);
            int index = select < 0 ? matches.size() + select : select;
            if (matches.isEmpty()) {
                return fallback;
            }
            if (index < 0 || index >= matches.size()) {
                return fallback;
            }
            List<String> groups = matches.get(index);
            String text = groups.size() == 1
                    ? groups.getFirst()
                    : groups.stream()
                            .filter(group -> !group.isEmpty())
                            .findFirst()
                            .orElse(fallback);
            return PythonText.strip(text);
        }
    }

    /** Removes white space at both ends. */
    record Strip() implements ResponseFilter {
        @Override
        public String apply(String response) {
            return PythonText.strip(response);
        }
    }

    /** Makes lower case. */
    record Lower() implements ResponseFilter {
        @Override
        public String apply(String response) {
            return PythonText.lower(response);
        }
    }

    /** Makes upper case. */
    record Upper() implements ResponseFilter {
        @Override
        public String apply(String response) {
            return PythonText.upper(response);
        }
    }

    /**
     * Translates whole responses.
     *
     * @param translations from response to result
     * @param absent the result of any other response
     */
    record Translate(Map<String, String> translations, String absent) implements ResponseFilter {
        @Override
        public String apply(String response) {
            return translations.getOrDefault(response, absent);
        }
    }

    /** Reads one step of a task file. */
    static ResponseFilter read(Fields step) throws TaskException {
        Object function = step.require("function");
        Set<String> known = switch (String.valueOf(function)) {
            case "regex" -> Set.of("function", "regex_pattern", "group_select", "fallback");
            case "map" -> Set.of("function", "mapping_dict", "default_value");
            case "take_first_k" -> Set.of("function", "k");
            default -> Set.of("function");
        };
        step.allowOnly(known);
        return switch (String.valueOf(function)) {
            case "take_first", "majority_vote" -> new Keep();
            case "take_first_k" -> {
                if (step.integer("k", 1, 1) != 1) {
                    throw step.unsupported("k", "asks for more than one response",
                            "Use take_first.");
                }
                yield new Keep();
            }
            case "remove_whitespace" -> new Strip();
            case "lowercase" -> new Lower();
            case "uppercase" -> new Upper();
            case "regex" -> new Extract(
                    MetricConfig.pattern(step, "regex_pattern",
                            step.text("regex_pattern", "#### (\\-?[0-9\\.\\,]+)")),
                    step.integer("group_select", 0, Integer.MIN_VALUE),
                    step.text("fallback", "[invalid]"));
            case "map" -> {
                var translations = new HashMap<String, String>();
                step.map("mapping_dict")
                        .values()
                        .forEach((from, to) -> translations.put(from, PythonText.str(to)));
                Object absent = step.get("default_value");
                yield new Translate(Map.copyOf(translations),
                        absent == null ? "None" : PythonText.str(absent));
            }
            default -> throw step.unsupported("function",
                    "names an unknown filter (" + function + ")",
                    "Use regex, take_first, take_first_k, remove_whitespace, lowercase, uppercase, map or majority_vote.");
        };
    }
}
