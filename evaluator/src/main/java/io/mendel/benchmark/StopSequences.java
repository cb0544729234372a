package io.mendel.benchmark;

import io.mendel.runtime.GenerationRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Ends and cuts generated text at stop sequences.
 *
 * @param codec decodes the new tokens
 * @param terms the texts, empty ones ignored
 * @param endTokens ids that end the text by themselves
 * @param lookBack how many of the last tokens can hold a stop sequence that was just completed
 */
record StopSequences(TextCodec codec, List<String> terms, Set<Integer> endTokens, int lookBack)
        implements
            GenerationRequest.StopCondition {

    /** The stop sequences of a task and the tokenizer's end token. */
    static StopSequences of(TextCodec codec, List<String> until, Set<Integer> endTokens) {
        var terms = new java.util.ArrayList<>(until);
        codec.eosId().ifPresent(eos -> {
            String text = codec.decode(new int[]{eos}, false);
            if (!terms.contains(text)) {
                terms.add(text);
            }
        });
        terms.removeIf(String::isEmpty);
        // A tokenization other than the canonical one may need more tokens; the harness allows for two.
        int longest = terms.stream()
                .mapToInt(term -> codec.encode(term, false).length)
                .max()
                .orElse(0);
        return new StopSequences(codec, List.copyOf(terms), Set.copyOf(endTokens), longest + 2);
    }

    @Override
    public boolean reached(int[] generated) {
        if (endTokens.contains(generated[generated.length - 1])) {
            return true;
        }
        int from = Math.max(0, generated.length - lookBack);
        String tail = codec.decode(Arrays.copyOfRange(generated, from, generated.length), false);
        return terms.stream().anyMatch(tail::contains);
    }

    /** The text of the new tokens up to the first stop sequence, special tokens left out. */
    String text(int[] generated) {
        int length = 0;
        while (length < generated.length
                && (length == 0 || !endTokens.contains(generated[length - 1]))) {
            length++;
        }
        String text = codec.decode(Arrays.copyOf(generated, length), true);
        for (String term : terms) {
            int at = text.indexOf(term);
            text = at < 0 ? text : text.substring(0, at);
        }
        return text;
    }
}
