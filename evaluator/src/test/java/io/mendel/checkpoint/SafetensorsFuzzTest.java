package io.mendel.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutated safetensors headers and files: each is read or refused with the typed error, in little time and memory. */
class SafetensorsFuzzTest {

    private static final int HEADERS = 100_000;
    private static final int FILES = 5_000;
    private static final long MAX_ALLOCATED_BYTES = 64L << 20;
    private static final Duration MAX_CPU_TIME = Duration.ofSeconds(1);
    private static final Path BAD = Path
            .of(System.getProperty("golden.dir", "src/test/resources/golden"))
            .resolve("bad");

    /** What a mutation likes to put in: tokens of the grammar, and numbers at the edges. */
    private static final List<String> TOKENS = List.of("{", "}", "[", "]", "\"", ":", ",", "null",
            "true", "-1", "0", "1e9", "1.0", "9223372036854775807", "9223372036854775808",
            "18446744073709551615", "99999999999999999999999999", "\"__metadata__\"", "\"dtype\"",
            "\"shape\"", "\"data_offsets\"", "\"F32\"", "\"F8_E4M3\"", "\"\\u0000\"", "\"\\ud800\"",
            "\\", "\u0000", "\ufeff", "[[[[[[[[", "{\"a\":{\"a\":{\"a\":");

    /** A class that is loaded, and instrumented for coverage, allocates on the thread that needs it first. */
    @BeforeAll
    static void loadClasses() throws IOException {
        for (Path file : safetensors()) {
            try {
                SafetensorsFile.open(file).close();
            } catch (CheckpointException expected) {
                assertThat(expected.getMessage()).contains("\n");
            }
        }
    }

    @Test
    void mutatedHeadersAreReadOrRefused() throws Exception {
        List<byte[]> corpus = headers();
        var random = new SplittableRandom(20250101);
        int refused = 0;
        for (int i = 0; i < HEADERS; i++) {
            byte[] header = mutate(corpus, random);
            long dataSize = random.nextInt(4) == 0 ? random.nextLong(1L << 40) : 4000;
            refused += refuses("header " + i,
                    () -> SafetensorsHeader.read(Path.of("fuzz.safetensors"),
                            new ByteArrayInputStream(header), dataSize));
        }
        assertThat(refused).as("most mutations do harm").isGreaterThan(HEADERS / 2);
    }

    @Test
    void mutatedFilesAreReadOrRefused(@TempDir Path folder) throws Exception {
        List<byte[]> corpus = new ArrayList<>();
        for (Path file : safetensors()) {
            corpus.add(Files.readAllBytes(file));
        }
        var random = new SplittableRandom(20250102);
        Path file = folder.resolve("model.safetensors");
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = mutate(corpus, random);
            if (random.nextInt(3) == 0 && bytes.length >= 8) {
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length(random));
            }
            Files.write(file, bytes);
            refused += refuses("file " + i, () -> SafetensorsFile.open(file).close());
        }
        assertThat(refused).as("most mutations do harm").isGreaterThan(FILES / 2);
    }

    private static long length(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextLong(100_000_010);
            case 2 -> -random.nextLong(1000);
            default -> random.nextLong(5000);
        };
    }

    private interface Reading {
        void run() throws CheckpointException;
    }

    /** Runs a reading that may end in one way only besides success; 1 if it was refused. */
    private static int refuses(String input, Reading reading) {
        var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = thread.getCurrentThreadAllocatedBytes();
        long time = thread.getCurrentThreadCpuTime();
        CheckpointException refusal = null;
        try {
            reading.run();
        } catch (CheckpointException e) {
            refusal = e;
        }
        time = thread.getCurrentThreadCpuTime() - time;
        allocated = thread.getCurrentThreadAllocatedBytes() - allocated;
        assertThat(time).as(input).isLessThan(MAX_CPU_TIME.toNanos());
        assertThat(allocated).as(input).isLessThan(MAX_ALLOCATED_BYTES);
        if (refusal == null) {
            return 0;
        }
        assertThat(refusal.getMessage()).as(input).hasSizeBetween(20, 2000).contains("\n");
        return 1;
    }

    private static List<Path> safetensors() throws IOException {
        try (Stream<Path> files = Files.walk(BAD)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }

    private static List<byte[]> headers() throws IOException {
        List<byte[]> headers = new ArrayList<>();
        for (Path file : safetensors()) {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > 8) {
                long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
                headers.add(Arrays.copyOfRange(bytes, 8,
                        Math.clamp(8 + length, 8, bytes.length)));
            }
        }
        headers.add("{}".getBytes(StandardCharsets.UTF_8));
        assertThat(headers).hasSizeGreaterThan(20);
        return headers;
    }

    private static byte[] mutate(List<byte[]> corpus, SplittableRandom random) {
        byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            bytes = switch (random.nextInt(6)) {
                case 0 -> flip(bytes, random);
                case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                case 2 -> splice(bytes, corpus.get(random.nextInt(corpus.size())), random);
                case 3 -> insert(bytes, random, TOKENS.get(random.nextInt(TOKENS.size()))
                        .getBytes(StandardCharsets.UTF_8));
                case 4 -> repeat(bytes, random);
                default -> digits(bytes, random);
            };
        }
        return bytes;
    }

    private static byte[] flip(byte[] bytes, SplittableRandom random) {
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static byte[] splice(byte[] head, byte[] tail, SplittableRandom random) {
        int keep = random.nextInt(head.length + 1);
        int from = random.nextInt(tail.length + 1);
        byte[] joined = Arrays.copyOf(head, keep + tail.length - from);
        System.arraycopy(tail, from, joined, keep, tail.length - from);
        return joined;
    }

    private static byte[] insert(byte[] bytes, SplittableRandom random, byte[] piece) {
        int at = random.nextInt(bytes.length + 1);
        byte[] longer = new byte[bytes.length + piece.length];
        System.arraycopy(bytes, 0, longer, 0, at);
        System.arraycopy(piece, 0, longer, at, piece.length);
        System.arraycopy(bytes, at, longer, at + piece.length, bytes.length - at);
        return longer;
    }

    private static byte[] repeat(byte[] bytes, SplittableRandom random) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + random.nextInt(100));
        byte[] piece = Arrays.copyOfRange(bytes, from, to);
        byte[] result = bytes;
        for (int n = random.nextInt(8); n > 0; n--) {
            result = insert(result, random, piece);
        }
        return result;
    }

    /** Changes a digit, so that numbers are wrong and the syntax is not. */
    private static byte[] digits(byte[] bytes, SplittableRandom random) {
        for (int tries = 0; tries < 100 && bytes.length > 0; tries++) {
            int at = random.nextInt(bytes.length);
            if (bytes[at] >= '0' && bytes[at] <= '9') {
                bytes[at] = (byte) ('0' + random.nextInt(10));
                return bytes;
            }
        }
        return bytes;
    }
}
