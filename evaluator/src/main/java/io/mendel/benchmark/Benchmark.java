package io.mendel.benchmark;

import io.mendel.benchmark.TaskException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tasks of a campaign and the item sets drawn from them.
 *
 * <p>
 * Immutable and thread-safe.
 *
 * @since 0.1
 */
public final class Benchmark {

    /** Blocks of search documents; each is tokenised once and kept. */
    private static final int MOST_BLOCKS = 16;

    private final Map<String, Task> tasks;

    private Benchmark(Map<String, Task> tasks) {
        this.tasks = tasks;
    }

    /**
     * Collects tasks.
     *
     * @throws TaskException if two have the same name
     */
    public static Benchmark of(List<Task> tasks) throws TaskException {
        var byName = new LinkedHashMap<String, Task>();
        for (Task task : tasks) {
            if (byName.put(task.name(), task) != null) {
                throw new TaskException(Kind.VALUE, task.path(), "task", "The name (" + task.name()
                        + ") must belong to one task only.",
                        "Rename one of the tasks or list it once.");
            }
        }
        return new Benchmark(byName);
    }

    /** The tasks in the order given. */
    public List<Task> tasks() {
        return List.copyOf(tasks.values());
    }

    /**
     * A task by name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Task task(String name) {
        Task task = tasks.get(name);
        if (task == null) {
            throw new IllegalArgumentException(
                    "There is no task " + name + ", only " + tasks.keySet() + ".");
        }
        return task;
    }

    /**
     * An item set of chosen documents.
     *
     * @param parts the documents; parts without documents are left out
     * @throws IllegalArgumentException if a task, split or document does not exist, or a task occurs twice
     * @throws TaskException if the prompts of a task cannot be written
     */
    public ItemSet itemSet(List<ItemSet.Part> parts) throws TaskException {
        var digest = new ContentDigest().add("items");
        var kept = new ArrayList<ItemSet.Part>();
        for (ItemSet.Part part : parts) {
            if (part.docIds().isEmpty()) {
                continue;
            }
            if (kept.stream().anyMatch(other -> other.task().equals(part.task()))) {
                throw new IllegalArgumentException(
                        "The task " + part.task() + " must occur once in an item set.");
            }
            kept.add(part);
            Task task = task(part.task());
            digest.add(task.name()).add(task.digest()).add(part.split()).add(part.docIds());
            if (!part.weights().isEmpty()) {
                digest.add(part.weights());
            }
            for (Item item : items(part)) {
                for (Request request : item.requests()) {
                    switch (request) {
                        case Request.Continuation(String context, String continuation) ->
                            digest.add(context).add(continuation);
                        case Request.Rolling(String text) -> digest.add(text);
                        case Request.Generation(String context) -> digest.add(context);
                    }
                }
            }
        }
        return new ItemSet(kept, digest.hex());
    }

    /** The documents of a part with their prompts. */
    List<Item> items(ItemSet.Part part) throws TaskException {
        List<Item> all = task(part.task()).items(part.split());
        var items = new ArrayList<Item>();
        for (int id : part.docIds()) {
            if (id < 0 || id >= all.size()) {
                throw new IllegalArgumentException("The document " + id + " of " + part.task()
                        + " must be below " + all.size() + ".");
            }
            items.add(all.get(id));
        }
        return items;
    }

    /**
     * The first documents of the split that the harness evaluates, of every task, as {@code --limit} does.
     *
     * @param limit how many at most of each task
     * @throws TaskException if the prompts of a task cannot be written
     */
    public ItemSet first(int limit) throws TaskException {
        return evaluated(Selection.FIRST, limit, 0);
    }

    /**
     * Documents of the split that the harness evaluates, of every task.
     *
     * @param selection how they are chosen
     * @param limit how many at most of each task
     * @param seed of the choice
     * @throws TaskException if the prompts of a task cannot be written
     */
    public ItemSet evaluated(Selection selection, int limit, long seed) throws TaskException {
        var parts = new ArrayList<ItemSet.Part>();
        for (Task task : tasks.values()) {
            String split = task.evaluatedSplit();
            List<Integer> order = selection.order(task.items(split), seed,
                    "evaluate " + task.name());
            parts.add(new ItemSet.Part(task.name(), split,
                    order.subList(0, Math.min(limit, order.size()))));
        }
        return itemSet(parts);
    }

    /**
     * Cuts the documents of every task into a search, a validation and a test part.
     *
     * <p>
     * Search and validation documents come from the validation split, test documents from the test split. A task that has
     * only one of them is cut by a seeded shuffle: half of it for search, a quarter each for validation and test. Documents
     * that are left make further blocks of search documents; a task that runs out of them begins again.
     *
     * @param selection how search and validation documents are chosen
     * @param searchItems how many search documents of each task, fewer if there are not so many
     * @param validationItems how many further documents of each task, fewer if there are not so many left
     * @param testItems how many test documents of each task at most, the first of the split
     * @param seed of the choice
     * @throws TaskException if the prompts of a task cannot be written
     */
    public Partition partition(Selection selection, int searchItems, int validationItems,
            int testItems, long seed)
            throws TaskException {
        if (searchItems < 1 || validationItems < 0 || testItems < 0) {
            throw new IllegalArgumentException("At least 1 search item is needed, not "
                    + searchItems + ", and " + validationItems
                    + " and " + testItems + " must not be negative.");
        }
        var pools = new ArrayList<Pool>();
        var validation = new ArrayList<ItemSet.Part>();
        var test = new ArrayList<ItemSet.Part>();
        for (Task task : tasks.values()) {
            boolean separate = task.validationSplit().isPresent() && task.testSplit().isPresent()
                    && !task.validationSplit().equals(task.testSplit());
            String split = separate ? task.validationSplit().orElseThrow() : task.evaluatedSplit();
            List<Item> items = task.items(split);
            List<Integer> testIds;
            if (separate) {
                testIds = task.items(task.testSplit().orElseThrow())
                        .stream()
                        .map(Item::docId)
                        .toList();
            } else {
                List<Integer> shuffled = Selection.RANDOM.order(items, seed, "cut " + task.name());
                int testFrom = shuffled.size() - shuffled.size() / 4;
                testIds = shuffled.subList(testFrom, shuffled.size()).stream().sorted().toList();
                var reserved = new java.util.HashSet<>(testIds);
                items = items.stream().filter(item -> !reserved.contains(item.docId())).toList();
            }
            List<Integer> order = selection.order(items, seed, "select " + task.name());
            int pool = separate ? order.size() : order.size() - order.size() / 3;
            int cut = Math.min(searchItems, pool);
            int end = (int) Math.min((long) cut + validationItems, order.size());
            var left = new ArrayList<>(order.subList(0, cut));
            left.addAll(order.subList(end, order.size()));
            pools.add(new Pool(task.name(), split, left, cut));
            validation.add(new ItemSet.Part(task.name(), split, order.subList(cut, end)));
            test.add(
                    new ItemSet.Part(task.name(), separate ? task.testSplit().orElseThrow() : split,
                            testIds.subList(0, Math.min(testItems, testIds.size()))));
        }
        return new Partition(blocks(pools), itemSet(validation), itemSet(test), pools.stream()
                .map(pool -> new ItemSet.Part(pool.task(), pool.split(), pool.docIds()))
                .toList());
    }

    /** The documents of a task that search blocks of {@code size} are made of. */
    private record Pool(String task, String split, List<Integer> docIds, int size) {
        ItemSet.Part block(int block) {
            var ids = new ArrayList<Integer>();
            for (int i = 0; i < size; i++) {
                ids.add(docIds.get((block * size + i) % docIds.size()));
            }
            return new ItemSet.Part(task, split, ids);
        }

        int blocks() {
            return Math.min(MOST_BLOCKS, size == 0 ? 1 : docIds.size() / size);
        }
    }

    private List<ItemSet> blocks(List<Pool> pools) throws TaskException {
        int count = pools.stream().mapToInt(Pool::blocks).max().orElse(1);
        var blocks = new ArrayList<ItemSet>();
        for (int block = 0; block < count; block++) {
            var parts = new ArrayList<ItemSet.Part>();
            for (Pool pool : pools) {
                parts.add(pool.block(block));
            }
            blocks.add(itemSet(parts));
        }
        return blocks;
    }
}
