package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mutated recipes are read, or refused with the typed error, in bounded time and memory. */
class YamlFuzzTest {

    private static final int INPUTS = 50_000;
    private static final long SEED = 20_261_126;
    private static final long MAX_BYTES = 64L << 20;
    private static final long MAX_NANOS = 2_000_000_000L;
    private static final List<String> FRAGMENTS = List.of("---\n", "...", "&a ", "*a", "<<: *a",
            "!!binary ", "!!int ", "!!float x", "!<tag:x>", "? ", "? [a]\n: b\n", "{", "}", "[",
            "]", ": ", "- ", "|\n", ">+9\n", "|-0", "'", "\"", "\"\\x", "\"\\U0010FFFF\"",
            "\"\\uD800\"", "#", "%TAG ! x\n", "%YAML 9.9\n", "\t", "\r", "\u0000", "\u0085",
            "\uFEFF", "\uD83D", "1e999999999", "-1e-999999999", "0x", "0b_", "0o9", "1_", "1:60:60",
            "+", ".", "-.", ".inf", ".nan", "2020-02-30", "~", "null", "9".repeat(400),
            "0." + "1".repeat(900), "-" + "9".repeat(1_200), "merge_method: ties\n",
            "weight: [[1]]", "model: {model: {path: {path: a}}}", "a+b", "a@b@c", "+", "@",
            "(override_architecture=)", "[".repeat(60), "{a: ".repeat(60), "- ".repeat(60),
            "x: &x [*x]\n", "&a &b c", "*a : b", "layer_range: [0, 2147483648]",
            "layer_range: [2147483647, -2147483648]", "seed: 1e30", "tokens: {'': {}}");

    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private int valid;

    @Test
    @Timeout(600)
    void mutatedRecipesAreReadOrRefused() {
        var random = new SplittableRandom(SEED);
        List<String> corpus = new ArrayList<>(RecipeCorpus.recipes().toList());
        corpus.addAll(RecipeCorpus.SEQUENCES);
        // Classes that are loaded while measuring would count as memory of the input.
        corpus.forEach(this::read);
        for (int i = 0; i < 500; i++) {
            read(mutate(random.split(), corpus));
        }
        valid = 0;
        long start = thread.getCurrentThreadCpuTime();
        for (int i = 0; i < INPUTS; i++) {
            String text = mutate(random.split(), corpus);
            long bytes = thread.getCurrentThreadAllocatedBytes();
            long nanos = thread.getCurrentThreadCpuTime();
            read(text);
            if (thread.getCurrentThreadAllocatedBytes() - bytes > MAX_BYTES
                    || thread.getCurrentThreadCpuTime() - nanos > MAX_NANOS) {
                throw new AssertionError("needs too much memory or time: <<" + text + ">>");
            }
        }
        assertThat(valid).isBetween(INPUTS / 100, INPUTS / 2);
        // Processor time, so that the test does not fail on a busy machine.
        assertThat(thread.getCurrentThreadCpuTime() - start).isLessThan(30_000_000_000L);
    }

    /** Reads a text; what a valid one means can be written and is read back the same. */
    private void read(String text) {
        try {
            MergeSequence sequence = MergekitReader.readAll(text, "fuzz");
            if (valid++ % 10 == 0) {
                for (MergeSequence.Step step : sequence.steps()) {
                    requireReadable(step.recipe(), step.recipe().canonicalJson(), text);
                    requireReadable(step.recipe(), MergekitWriter.write(step.recipe()), text);
                }
            }
        } catch (DocumentException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.startsWith("fuzz") || message.length() > 3_000) {
                throw new AssertionError("must be short and name the file: " + message, e);
            }
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("must be a DocumentException: <<" + text + ">>", e);
        }
    }

    private static void requireReadable(Recipe recipe, String written, String text)
            throws DocumentException {
        if (!MergekitReader.read(written, "fuzz").equals(recipe)) {
            throw new AssertionError("read back differently: <<" + text + ">> as " + written);
        }
    }

    private static String mutate(RandomGenerator random, List<String> corpus) {
        String text = corpus.get(random.nextInt(corpus.size()));
        int rounds = 1 + random.nextInt(4);
        for (int round = 0; round < rounds; round++) {
            int at = random.nextInt(text.length() + 1);
            int end = at + random.nextInt(Math.min(40, text.length() - at) + 1);
            String other = corpus.get(random.nextInt(corpus.size()));
            text = switch (random.nextInt(9)) {
                case 0 -> flipped(random, text);
                case 1 -> text.substring(0, at);
                case 2 -> text.substring(0, at) + text.substring(end);
                case 3 -> text.substring(0, at) + text.substring(at, end).repeat(2)
                        + text.substring(end);
                case 4 -> text.substring(0, at) + other.substring(random.nextInt(other.length()));
                case 5 -> doubledLine(random, text);
                case 6 -> text.substring(0, at) + digits(random) + text.substring(end);
                default -> text.substring(0, at)
                        + FRAGMENTS.get(random.nextInt(FRAGMENTS.size())) + text.substring(at);
            };
        }
        return text;
    }

    private static String flipped(RandomGenerator random, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String doubledLine(RandomGenerator random, String text) {
        var lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        lines.add(random.nextInt(lines.size() + 1), lines.get(random.nextInt(lines.size())));
        return String.join("\n", lines);
    }

    private static String digits(RandomGenerator random) {
        return Long.toString(random.nextLong()) + (random.nextBoolean() ? "e400" : "");
    }
}
