package io.mendel.benchmark;

import io.mendel.benchmark.python.PythonRandom;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * How a subset of documents is chosen.
 *
 * @since 0.1
 */
public enum Selection {
    /** In the order of the file. */
    FIRST,
    /** At random. */
    RANDOM,
    /** At random, with the same shares of right answers and numbers of choices as the whole. */
    STRATIFIED;

    /**
     * The selection of this name in a campaign file.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Selection named(String name) {
        for (Selection selection : values()) {
            if (selection.name().toLowerCase(Locale.ROOT).equals(name)) {
                return selection;
            }
        }
        throw new IllegalArgumentException(
                "The selection (" + name + ") must be one of first, random, stratified.\nMaybe "
                        + FieldNames.nearest(name, List.of("first", "random", "stratified"))
                        + " was meant.");
    }

    /**
     * Orders documents so that each beginning of the list is a selection.
     *
     * @param items the documents to choose from
     * @param seed the campaign's seed
     * @param purpose what the order is for; different purposes and tasks have independent orders
     */
    List<Integer> order(List<Item> items, long seed, String purpose) {
        if (this == FIRST) {
            return items.stream().map(Item::docId).toList();
        }
        var random = new PythonRandom(seed ^ ((long) crc(purpose) << 21));
        SortedMap<String, List<Integer>> strata = new TreeMap<>();
        for (Item item : items) {
            String stratum = this == STRATIFIED ? item.choices().size() + "/" + item.gold() : "";
            strata.computeIfAbsent(stratum, _ -> new ArrayList<>()).add(item.docId());
        }
        strata.values().forEach(random::shuffle);
        return interleave(new ArrayList<>(strata.values()), items.size());
    }

    /** Takes from the strata in turn, always from the one that is furthest behind its share; ties by stratum. */
    private static List<Integer> interleave(List<List<Integer>> strata, int total) {
        int[] taken = new int[strata.size()];
        var order = new ArrayList<Integer>(total);
        for (int drawn = 1; drawn <= total; drawn++) {
            int due = drawn;
            int next = java.util.stream.IntStream.range(0, taken.length)
                    .boxed()
                    .filter(s -> taken[s] < strata.get(s).size())
                    .max(Comparator
                            .<Integer>comparingDouble(
                                    s -> (double) due * strata.get(s).size() / total - taken[s])
                            .thenComparing(Comparator.reverseOrder()))
                    .orElseThrow();
            order.add(strata.get(next).get(taken[next]++));
        }
        return order;
    }

    private static int crc(String text) {
        var crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

}
