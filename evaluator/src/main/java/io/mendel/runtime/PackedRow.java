package io.mendel.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences merged into a forest of tokens: a common prefix occurs once, the rest stands side by side, in pre-order.
 *
 * <p>
 * In a causal model the states of a token depend on its ancestors only, so a forest whose attention is limited to
 * ancestors gives each sequence what it would get alone. The choices of a question, and the few-shot examples of a
 * benchmark, are computed once instead of once per sequence; short sequences fill a row together without padding.
 *
 * @param tokens the token of each node
 * @param depths the number of ancestors of each node, which is its position
 * @param ends for each node the index after its last descendant
 * @param members indices of the sequences in this row
 * @param paths for each member the nodes of its tokens, ascending
 */
record PackedRow(int[] tokens, int[] depths, int[] ends, int[] members, int[][] paths) {

    int size() {
        return tokens.length;
    }

    /** Whether all tokens lie on one path, so that plain causal attention is right. */
    boolean isChain() {
        return ends[size() - 1] == size() && depths[size() - 1] == size() - 1;
    }

    /**
     * Packs sequences into rows.
     *
     * <p>
     * A sequence joins the row of its predecessor as long as the row has at most {@code rowTokens} tokens. Beyond that it
     * joins only if it shares at least half of itself and the row stays below twice its longest sequence: computing
     * prefixes once must pay for attention over a longer row.
     *
     * @param sequences distinct and in lexicographic order, none empty
     */
    static List<PackedRow> pack(List<int[]> sequences, int rowTokens) {
        List<PackedRow> rows = new ArrayList<>();
        int start = 0;
        int size = 0;
        int longest = 0;
        for (int i = 0; i < sequences.size(); i++) {
            int[] sequence = sequences.get(i);
            int shared = i == start ? 0 : commonPrefix(sequences.get(i - 1), sequence);
            int added = sequence.length - shared;
            boolean fits = size + added <= rowTokens
                    || (added <= shared && size + added <= 2L * Math.max(longest, sequence.length));
            if (i > start && !fits) {
                rows.add(row(sequences, start, i, size));
                start = i;
                size = 0;
                longest = 0;
                added = sequence.length;
            }
            size += added;
            longest = Math.max(longest, sequence.length);
        }
        if (start < sequences.size()) {
            rows.add(row(sequences, start, sequences.size(), size));
        }
        return rows;
    }

    private static PackedRow row(List<int[]> sequences, int from, int to, int size) {
        int[] tokens = new int[size];
        int[] depths = new int[size];
        int[] members = new int[to - from];
        int[][] paths = new int[to - from][];
        int next = 0;
        for (int i = from; i < to; i++) {
            int[] sequence = sequences.get(i);
            int shared = i == from ? 0 : commonPrefix(sequences.get(i - 1), sequence);
            int[] path = new int[sequence.length];
            if (shared > 0) {
                System.arraycopy(paths[i - from - 1], 0, path, 0, shared);
            }
            for (int depth = shared; depth < sequence.length; depth++) {
                tokens[next] = sequence[depth];
                depths[next] = depth;
                path[depth] = next++;
            }
            members[i - from] = i;
            paths[i - from] = path;
        }
        return new PackedRow(tokens, depths, ends(depths), members, paths);
    }

    /** In pre-order a subtree ends where the depth falls back to that of its root. */
    private static int[] ends(int[] depths) {
        int[] ends = new int[depths.length];
        int[] open = new int[Arrays.stream(depths).max().orElse(0) + 1];
        int path = 0;
        for (int node = 0; node < depths.length; node++) {
            while (path > depths[node]) {
                ends[open[--path]] = node;
            }
            open[path++] = node;
        }
        while (path > 0) {
            ends[open[--path]] = depths.length;
        }
        return ends;
    }

    private static int commonPrefix(int[] a, int[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }
}
