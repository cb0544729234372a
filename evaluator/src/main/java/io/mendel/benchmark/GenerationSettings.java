package io.mendel.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How far a task lets the model write.
 *
 * @param until texts that end the output and are cut off with what follows; empty ones are ignored
 * @param maxTokens at most so many new tokens
 */
record GenerationSettings(List<String> until, int maxTokens) {

    private static final int DEFAULT_MAX_TOKENS = 256;
    private static final List<String> TOKEN_LIMITS = List.of("max_gen_toks", "max_new_tokens",
            "max_tokens",
            "max_completion_tokens");

    GenerationSettings {
        until = List.copyOf(until);
    }

    static GenerationSettings read(Fields task, String fewshotDelimiter) throws TaskException {
        Fields fields = task.map("generation_kwargs");
        var known = new java.util.HashSet<>(
                Set.of("until", "do_sample", "temperature", "top_p", "top_k", "num_beams"));
        known.addAll(TOKEN_LIMITS);
        fields.allowOnly(known);
        if (fields.flag("do_sample", fields.number("temperature", 0) > 0)) {
            throw fields.unsupported(fields.has("do_sample") ? "do_sample" : "temperature",
                    "asks for random sampling",
                    "Set do_sample: false; outputs are greedy so that candidates can be compared.");
        }
        if (fields.integer("num_beams", 1, 1) != 1) {
            throw fields.unsupported("num_beams", "asks for beam search", "Set num_beams: 1.");
        }
        List<String> until = fields.texts("until");
        int maxTokens = DEFAULT_MAX_TOKENS;
        for (String name : TOKEN_LIMITS) {
            if (fields.has(name)) {
                maxTokens = fields.integer(name, DEFAULT_MAX_TOKENS, 1);
                break;
            }
        }
        return new GenerationSettings(
                until == null ? new ArrayList<>(List.of(fewshotDelimiter)) : until, maxTokens);
    }
}
