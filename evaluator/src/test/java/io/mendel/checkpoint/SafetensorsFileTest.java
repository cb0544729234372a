package io.mendel.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

    private static final long MAX_ALLOCATED_BYTES = 64L << 20;

    @TempDir
    Path directory;

    Path file;

    /** A class that is loaded, and instrumented for coverage, allocates on the thread that needs it first. */
    @BeforeAll
    static void loadClasses(@TempDir Path directory) throws IOException {
        Path empty = Files.createFile(directory.resolve("empty.safetensors"));
        Path malformed = Files.write(directory.resolve("malformed.safetensors"),
                new byte[]{1, 0, 0, 0, 0, 0, 0, 0, '['});
        for (Path path : new Path[]{empty, malformed}) {
            assertThat(catchThrowableOfType(CheckpointException.class,
                    () -> SafetensorsFile.open(path).close())).isNotNull();
        }
    }

    @BeforeEach
    void nameFile() {
        file = directory.resolve("model.safetensors");
    }

    @Test
    void aHeaderOfTheLargestSizeThatIsNoJsonFailsWithoutBeingLoaded() throws Exception {
        sparse(SafetensorsFile.MAX_HEADER, "{", SafetensorsFile.MAX_HEADER + 8);
        assertRefusedInLittleMemory(Kind.HEADER);
    }

    @Test
    void aHeaderLengthBeyondTheEndFailsWithoutBeingLoaded() throws Exception {
        sparse(SafetensorsFile.MAX_HEADER, "{}", 1000);
        assertRefusedInLittleMemory(Kind.TRUNCATED);
    }

    @Test
    void aHeaderAboveTheLimitIsRefusedEvenIfTheFileIsLargeEnough() throws Exception {
        sparse(SafetensorsFile.MAX_HEADER + 1, "{}", SafetensorsFile.MAX_HEADER + 9);
        assertRefusedInLittleMemory(Kind.HEADER_TOO_LARGE);
    }

    @Test
    void aHeaderOfTheLargestSizeIsReadInLittleMemory() throws Exception {
        String start = "{\"x\": {\"dtype\": \"U8\", \"shape\": [1], \"data_offsets\": [0, 1]}";
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            channel.write(length(SafetensorsFile.MAX_HEADER));
            channel.write(ByteBuffer.wrap(start.getBytes(StandardCharsets.UTF_8)));
            ByteBuffer spaces = ByteBuffer
                    .wrap(" ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8));
            while (channel.position() < SafetensorsFile.MAX_HEADER + 7) {
                long left = SafetensorsFile.MAX_HEADER + 7 - channel.position();
                channel.write(spaces.clear().limit((int) Math.min(left, spaces.capacity())));
            }
            channel.write(ByteBuffer.wrap(new byte[]{'}', 42}));
        }
        long before = allocated();
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.tensor("x").data().get(ValueLayout.JAVA_BYTE, 0))
                    .isEqualTo((byte) 42);
        }
        assertThat(allocated() - before).isLessThan(MAX_ALLOCATED_BYTES);
    }

    @Test
    void tensorsAboveTwoGigabytesAreMapped() throws Exception {
        long elements = (1L << 31) + 5;
        String header = "{\"x\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(elements, elements);
        sparse(header.length(), header, 8 + header.length() + elements);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[]{7}), 8 + header.length() + elements - 1);
        }
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.tensor("x").data().byteSize()).isEqualTo(elements);
            assertThat(opened.tensor("x").data().get(ValueLayout.JAVA_BYTE, elements - 1))
                    .isEqualTo((byte) 7);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "HEADER    | {\"x\": [1]}",
        "HEADER    | {\"x\": 1}",
        "HEADER    | {\"x\": {\"dtype\": null, \"shape\": [], \"data_offsets\": [0, 4]}}",
        "HEADER    | {\"x\": {\"dtype\": \"F32\", \"shape\": null, \"data_offsets\": [0, 4]}}",
        "HEADER    | {\"x\": {\"dtype\": \"F32\", \"shape\": [\"1\"], \"data_offsets\": [0, 4]}}",
        "HEADER    | {\"x\": {\"dtype\": \"F32\", \"shape\": [[1]], \"data_offsets\": [0, 4]}}",
        "HEADER    | {\"x\": {\"dtype\": \"F32\", \"shape\": [], \"data_offsets\": [0, 2, 4]}}",
        "HEADER    | {\"x\": {\"dtype\": \"F32\", \"shape\": [NaN], \"data_offsets\": [0, 4]}}",
        "HEADER    | {\"__metadata__\": null, \"x\": {\"dtype\": \"F32\", \"shape\": [], \"data_offsets\": [0, 4]}}",
        "DUPLICATE | {\"__metadata__\": {}, \"__metadata__\": {}}",
        "DUPLICATE | {\"__metadata__\": {\"a\": \"1\", \"a\": \"1\"}}",
        "DTYPE     | {\"x\": {\"dtype\": \"f32\", \"shape\": [], \"data_offsets\": [0, 4]}}",
        "OFFSETS   | {\"x\": {\"dtype\": \"F32\", \"shape\": [], \"data_offsets\": [4, 0]}}",
        "OFFSETS   | {\"x\": {\"dtype\": \"F16\", \"shape\": [], \"data_offsets\": [0, 2]}}",
        "OFFSETS   | {}"})
    void malformedEntriesAreRefused(Kind kind, String header) throws Exception {
        write(header, 4);
        var refusal = catchThrowableOfType(CheckpointException.class,
                () -> SafetensorsFile.open(file).close());
        assertThat(refusal).isNotNull().hasMessageStartingWith(file + ": ");
        assertThat(refusal.kind()).isEqualTo(kind);
    }

    @Test
    void unknownFieldsOfAnEntryAreIgnored() throws Exception {
        write("{\"x\": {\"dtype\": \"F32\", \"more\": {\"a\": [1]}, \"shape\": [1], \"data_offsets\": [0, 4]}}",
                4);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.tensors()).containsOnlyKeys("x");
        }
    }

    @Test
    void nestingBombsAreDefused() throws Exception {
        write("{\"x\": {\"more\": " + "[".repeat(5_000_000), 0);
        assertRefusedInLittleMemory(Kind.HEADER);
        write("{\"x\": {\"more\": " + "{\"a\":".repeat(1_000_000), 0);
        assertRefusedInLittleMemory(Kind.HEADER);
    }

    @Test
    void numbersWithAMillionDigitsAndEndlessShapesAreRefused() throws Exception {
        write("{\"x\": {\"dtype\": \"U8\", \"shape\": [" + "9".repeat(1_000_000)
                + "], \"data_offsets\": [0, 0]}}", 0);
        assertRefusedInLittleMemory(Kind.HEADER);
        write("{\"x\": {\"dtype\": \"U8\", \"shape\": [0" + ",1".repeat(1_000_000)
                + "], \"data_offsets\": [0, 0]}}", 0);
        assertRefusedInLittleMemory(Kind.SHAPE);
    }

    @Test
    void otherEncodingsThanUtf8AreRefused() throws Exception {
        for (var encoding : new java.nio.charset.Charset[]{StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_16BE}) {
            byte[] header = "{\"__metadata__\": {}}".getBytes(encoding);
            write(header, 0);
            assertRefusedInLittleMemory(Kind.HEADER);
        }
        write("{\"__metadata__\": {\"ä\": \"\"}}".getBytes(StandardCharsets.ISO_8859_1), 0);
        assertRefusedInLittleMemory(Kind.HEADER);
    }

    @Test
    void aHundredThousandTensorsAreFine() throws Exception {
        String header = IntStream.range(0, 100_000)
                .mapToObj(
                        i -> "\"model.layers.%d.w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}"
                                .formatted(
                                        i, i, i + 1))
                .collect(Collectors.joining(",", "{", "}"));
        write(header, 100_000);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.tensors()).hasSize(100_000);
        }
    }

    @Test
    void foldersAndMissingFilesAreNoFiles() {
        for (Path path : new Path[]{directory, directory.resolve("none")}) {
            var refusal = catchThrowableOfType(CheckpointException.class,
                    () -> SafetensorsFile.open(path).close());
            assertThat(refusal.kind()).isEqualTo(Kind.MISSING);
        }
    }

    private void assertRefusedInLittleMemory(Kind kind) {
        long before = allocated();
        var refusal = catchThrowableOfType(CheckpointException.class,
                () -> SafetensorsFile.open(file).close());
        assertThat(allocated() - before).isLessThan(MAX_ALLOCATED_BYTES);
        assertThat(refusal).isNotNull();
        assertThat(refusal.kind()).isEqualTo(kind);
        assertThat(refusal.getMessage()).hasSizeLessThan(1000);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    private void write(String header, int dataBytes) throws IOException {
        write(header.getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    private void write(byte[] header, int dataBytes) throws IOException {
        Files.write(file,
                ByteBuffer.allocate(8 + header.length + dataBytes)
                        .put(length(header.length))
                        .put(header)
                        .array());
    }

    /** A file that takes no space beyond its first bytes. */
    private void sparse(long headerLength, String start, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.write(length(headerLength));
            channel.write(ByteBuffer.wrap(start.getBytes(StandardCharsets.UTF_8)));
            channel.write(ByteBuffer.wrap(new byte[1]), size - 1);
        }
    }

    private static ByteBuffer length(long headerLength) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(headerLength).flip();
    }
}
