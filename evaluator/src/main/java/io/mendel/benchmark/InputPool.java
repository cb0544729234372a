package io.mendel.benchmark;

import io.mendel.runtime.ScoredSequence;
import io.mendel.runtime.TargetScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The distinct inputs of many requests: equal inputs become one sequence with several targets. */
final class InputPool {

    private final Map<List<Integer>, Input> inputs = new LinkedHashMap<>();

    /**
     * An input.
     *
     * @param index of its sequence
     * @param tokens the input ids
     * @param slots index of each scored pair, a position in the upper and a target in the lower 32 bits
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Input(int index, int[] tokens, Map<Long, Integer> slots) {}

    /**
     * Where the scores of a request are found.
     *
     * @param sequence index of its sequence
     * @param slots indices of its targets
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Reference(int sequence, int[] slots) {

        /** Sum of the log-probabilities of the request's targets. */
        double logLikelihood(List<TargetScores> scores) {
            float[] logProbabilities = scores.get(sequence).logProbabilities();
            return Arrays.stream(slots).mapToDouble(slot -> logProbabilities[slot]).sum();
        }

        /** Whether every target is the most probable token. */
        boolean greedy(List<TargetScores> scores) {
            boolean[] greedy = scores.get(sequence).greedy();
            return Arrays.stream(slots).allMatch(slot -> greedy[slot]);
        }
    }

    Reference add(RequestEncoder.Scored request) {
        int[] tokens = request.tokens();
        Input input = inputs.computeIfAbsent(Arrays.stream(tokens).boxed().toList(),
                _ -> new Input(inputs.size(), tokens, new LinkedHashMap<>()));
        int[] slots = new int[request.targets().length];
        for (int i = 0; i < slots.length; i++) {
            long position = (long) tokens.length - slots.length + i;
            slots[i] = input.slots()
                    .computeIfAbsent((position << 32) | request.targets()[i],
                            _ -> input.slots().size());
        }
        return new Reference(input.index(), slots);
    }

    /** The sequences to score, in the order in which they were first added. */
    List<ScoredSequence> sequences() {
        var sequences = new ArrayList<ScoredSequence>();
        for (Input input : inputs.values()) {
            sequences.add(new ScoredSequence(input.tokens(),
                    input.slots().keySet().stream().mapToInt(pair -> (int) (pair >>> 32)).toArray(),
                    input.slots().keySet().stream().mapToInt(Long::intValue).toArray()));
        }
        return sequences;
    }
}
