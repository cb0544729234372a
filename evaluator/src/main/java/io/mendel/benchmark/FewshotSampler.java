package io.mendel.benchmark;

import io.mendel.benchmark.TaskException.Kind;
import io.mendel.benchmark.python.PythonRandom;
import java.util.List;

/**
 * Draws the shots of one document after the other. The draws depend on the documents before, so a sampler goes through a
 * whole split in order. Not thread-safe.
 */
final class FewshotSampler {

    /** The harness's default seed of shots. */
    private static final long SEED = 1234;

    private final TaskConfig config;
    private final List<Doc> pool;
    private final boolean dropsAsked;
    private final PythonRandom random = new PythonRandom(SEED);

    /**
     * Starts anew.
     *
     * @param pool where shots come from
     * @param dropsAsked whether the asked document must not be among its own shots
     */
    FewshotSampler(TaskConfig config, List<Doc> pool, boolean dropsAsked) {
        this.config = config;
        this.pool = pool;
        this.dropsAsked = dropsAsked;
    }

    List<Doc> draw(Doc asked) throws TaskException {
        int count = config.numFewshot();
        if (count == 0) {
            return List.of();
        }
        List<Doc> drawn = pool;
        if (!config.shots().firstN()) {
            int size = dropsAsked ? count + 1 : count;
            if (size > pool.size()) {
                throw tooFew(count);
            }
            drawn = random.sample(pool, size);
        }
        List<Doc> kept = dropsAsked
                ? drawn.stream().filter(doc -> !doc.values().equals(asked.values())).toList()
                : drawn;
        if (kept.size() < count) {
            throw tooFew(count);
        }
        return kept.subList(0, count);
    }

    private TaskException tooFew(int count) {
        return new TaskException(Kind.VALUE, config.path(), "num_fewshot",
                "There must be enough documents for " + count
                        + " shots, not " + pool.size()
                        + (dropsAsked ? " with the asked one and its copies left out." : "."),
                "Lower num_fewshot or add documents to the split of the shots.");
    }
}
