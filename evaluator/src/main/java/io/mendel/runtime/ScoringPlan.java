package io.mendel.runtime;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What to run to score some sequences, worked out once and reused for every candidate.
 *
 * <p>
 * Equal sequences are merged, common prefixes shared (see {@link PackedRow}), and rows of similar size put into batches.
 * The plan depends on nothing but its arguments; in particular not on the number of threads, since the last bits of a
 * matrix product may depend on the shape of the batch. Immutable and thread-safe; its native memory, about 32 bytes per
 * token, is freed by the garbage collector.
 *
 * @since 0.1
 */
public final class ScoringPlan {

    /**
     * Rows are filled up to this many tokens. Shorter rows repeat more prefixes, longer ones spend more attention on
     * unrelated tokens; anything from 40 to 96 took the same time.
     */
    private static final int ROW_TOKENS = 48;

    /** As long as batches are at least so large, matrix products run at full speed. */
    private static final int WORTHWHILE_TOKENS = 512;

    /** With this many batches, threads are busy to the end of a block. */
    private static final int WANTED_BATCHES = 32;

    private final List<ScoringBatch> batches;
    private final int[] targetCounts;
    private final String digest;

    private ScoringPlan(List<ScoringBatch> batches, int[] targetCounts) {
        this.batches = List.copyOf(batches);
        this.digest = digest(batches);
        this.targetCounts = targetCounts;
    }

    /**
     * Plans the scoring of these sequences.
     *
     * @param sequences in the order of the results of {@link InferenceEngine#score}
     * @param batchTokens upper limit of tokens, padding included, that go through a block at once, at least 1; a longer
     *            sequence is a batch of its own. It bounds memory; batches are smaller where that costs no speed.
     */
    public static ScoringPlan of(List<ScoredSequence> sequences, int batchTokens) {
        return of(sequences, batchTokens, ROW_TOKENS);
    }

    static ScoringPlan of(List<ScoredSequence> sequences, int batchTokens, int rowTokens) {
        if (batchTokens < 1) {
            throw new IllegalArgumentException(
                    "A batch must have at least 1 token, not " + batchTokens + ".");
        }
        int[][] tokens = sequences.stream().map(ScoringPlan::neededTokens).toArray(int[][]::new);
        int[] order = IntStream.range(0, tokens.length)
                .filter(i -> tokens[i].length > 0)
                .boxed()
                .sorted(Comparator.comparing(i -> tokens[i], Arrays::compare))
                .mapToInt(i -> i)
                .toArray();
        List<int[]> distinct = new ArrayList<>();
        List<List<Integer>> owners = new ArrayList<>();
        for (int i : order) {
            if (distinct.isEmpty() || !Arrays.equals(distinct.getLast(), tokens[i])) {
                distinct.add(tokens[i]);
                owners.add(new ArrayList<>());
            }
            owners.getLast().add(i);
        }
        List<PackedRow> rows = new ArrayList<>(
                PackedRow.pack(distinct, Math.min(rowTokens, batchTokens)));
        rows.sort(Comparator.comparingInt(PackedRow::size).reversed());
        List<ScoringBatch> batches = new ArrayList<>();
        long all = rows.stream().mapToLong(PackedRow::size).sum();
        long limit = Math.min(batchTokens, Math.max(WORTHWHILE_TOKENS, all / WANTED_BATCHES));
        for (List<PackedRow> batch : cut(rows, limit)) {
            batches.add(batch(batch, owners, sequences));
        }
        return new ScoringPlan(batches,
                sequences.stream().mapToInt(s -> s.targets().length).toArray());
    }

    /** Number of sequences. */
    public int sequences() {
        return targetCounts.length;
    }

    /** Tokens that go through each block, padding included. */
    public long tokens() {
        return batches.stream().mapToLong(ScoringBatch::tokenCount).sum();
    }

    List<ScoringBatch> batches() {
        return batches;
    }

    /** Tells plans whose batches are the same up to the head. */
    String digest() {
        return digest;
    }

    private static String digest(List<ScoringBatch> batches) {
        MessageDigest sha = Digests.sha();
        for (ScoringBatch batch : batches) {
            sha.update(ByteBuffer.allocate(2 * Integer.BYTES)
                    .putInt(batch.rows())
                    .putInt(batch.width())
                    .flip());
            for (LongBuffer values : List.of(batch.tokens(), batch.positions(), batch.ends())) {
                var bytes = ByteBuffer.allocate(Long.BYTES * values.capacity());
                bytes.asLongBuffer().put(values.duplicate());
                sha.update(bytes);
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    /** Number of targets of each sequence. */
    int[] targetCounts() {
        return targetCounts.clone();
    }

    /** The model is causal: tokens after the last position asked for do not matter. */
    private static int[] neededTokens(ScoredSequence sequence) {
        return Arrays.copyOf(sequence.tokens(),
                Arrays.stream(sequence.positions()).max().orElse(-1) + 1);
    }

    private static List<List<PackedRow>> cut(List<PackedRow> rows, long batchTokens) {
        List<List<PackedRow>> batches = new ArrayList<>();
        int start = 0;
        while (start < rows.size()) {
            long count = Math.max(1, batchTokens / rows.get(start).size());
            int end = (int) Math.min(rows.size(), start + count);
            batches.add(rows.subList(start, end));
            start = end;
        }
        return batches;
    }

    private static ScoringBatch batch(List<PackedRow> rows, List<List<Integer>> owners,
            List<ScoredSequence> sequences) {
        int width = rows.getFirst().size();
        LongBuffer tokens = NativeBuffers.longs((long) rows.size() * width);
        LongBuffer positions = NativeBuffers.longs((long) rows.size() * width);
        LongBuffer ends = NativeBuffers.longs((long) rows.size() * width);
        Map<Long, Integer> points = new HashMap<>();
        List<Long> pointList = new ArrayList<>();
        List<ScoringBatch.Request> requests = new ArrayList<>();
        int longest = 0;
        for (int r = 0; r < rows.size(); r++) {
            PackedRow row = rows.get(r);
            for (int node = 0; node < width; node++) {
                boolean used = node < row.size();
                tokens.put(row.tokens()[used ? node : 0]);
                positions.put(used ? row.depths()[node] : 0);
                ends.put(used ? row.ends()[node] : node + 1);
                longest = Math.max(longest, used ? row.depths()[node] + 1 : 0);
            }
            for (int m = 0; m < row.members().length; m++) {
                for (int owner : owners.get(row.members()[m])) {
                    int[] wanted = sequences.get(owner).positions();
                    int[] targets = sequences.get(owner).targets();
                    for (int slot = 0; slot < wanted.length; slot++) {
                        long place = (long) r * width + row.paths()[m][wanted[slot]];
                        int point = points.computeIfAbsent(place, _ -> {
                            pointList.add(place);
                            return pointList.size() - 1;
                        });
                        requests.add(new ScoringBatch.Request(owner, slot, point, targets[slot]));
                    }
                }
            }
        }
        LongBuffer indices = NativeBuffers.longs(width);
        for (int i = 0; i < width; i++) {
            indices.put(i);
        }
        LongBuffer pointBuffer = NativeBuffers.longs(2L * pointList.size());
        pointList.forEach(place -> pointBuffer.put(place / width).put(place % width));
        requests.sort(Comparator.comparingInt(ScoringBatch.Request::point));
        LongBuffer targetBuffer = NativeBuffers.longs(2L * requests.size());
        requests.forEach(request -> targetBuffer.put(request.point()).put(request.token()));
        boolean chains = rows.stream().allMatch(PackedRow::isChain);
        return new ScoringBatch(rows.size(), width, longest, chains, tokens.flip(),
                positions.flip(), indices.flip(),
                ends.flip(), pointBuffer.flip(), targetBuffer.flip(), List.copyOf(requests));
    }
}
