package io.mendel.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointWriterTest {

    private static final Path ARCHITECTURES = Path
            .of(System.getProperty("golden.dir", "src/test/resources/golden"))
            .resolve("architectures");
    private static final List<TensorInfo> ODD = List.of(
            new TensorInfo("flags", DType.BOOL, List.of(3L)),
            new TensorInfo("scalar", DType.F32, List.of()),
            new TensorInfo("empty", DType.BF16, List.of(0L, 7L)),
            new TensorInfo("näme \"\\\u0001/..", DType.F64, List.of(2L, 1L)),
            new TensorInfo("", DType.I16, List.of(5L)));

    @TempDir
    Path parent;

    @ParameterizedTest
    @CsvSource({"llama, 1000000000, 1", "llama, 20000, 5", "llama_sharded, 1, 21",
        "qwen3, 12000, 10"})
    void tensorsSurviveAnySharding(String name, long maxShardBytes, int files) throws Exception {
        Path output = parent.resolve("out");
        try (Checkpoint source = Checkpoint.open(ARCHITECTURES.resolve(name).resolve("model"))) {
            copy(source, output, maxShardBytes);
            try (Checkpoint copy = Checkpoint.open(output)) {
                assertThat(copy.tensors()).isEqualTo(source.tensors());
                assertThat(copy.config()).isEqualTo(source.config());
                for (String tensor : copy.tensors().keySet()) {
                    assertThat(copy.tensor(tensor).data().mismatch(source.tensor(tensor).data()))
                            .isEqualTo(-1);
                }
                assertThat(copy.digest()).isEqualTo(source.digest());
            }
        }
        List<String> shards = names(output).filter(file -> file.endsWith(".safetensors")).toList();
        assertThat(shards).hasSize(files);
        assertThat(shards.getFirst()).isEqualTo(
                files == 1
                        ? "model.safetensors"
                        : "model-00001-of-%05d.safetensors".formatted(files));
    }

    @Test
    void indexHasTotalSizeAndShardOfEveryTensor() throws Exception {
        Path output = parent.resolve("out");
        write(output, ODD, 17);
        JsonNode index = new ObjectMapper()
                .readTree(output.resolve("model.safetensors.index.json").toFile());
        assertThat(index.path("metadata").path("total_size").asLong()).isEqualTo(3 + 4 + 16 + 10);
        assertThat(index.path("weight_map").path("flags").asText())
                .isEqualTo("model-00001-of-00003.safetensors");
        assertThat(index.path("weight_map").path("").asText())
                .isEqualTo("model-00003-of-00003.safetensors");
        assertThat(index.path("weight_map")).hasSize(5);
    }

    @Test
    void filesBearTheMetadataAndAlignWideElementsFirst() throws Exception {
        Path output = parent.resolve("out");
        write(output, ODD, 1000);
        try (SafetensorsFile file = SafetensorsFile.open(output.resolve("model.safetensors"))) {
            assertThat(file.metadata()).containsEntry("format", "pt");
            for (Tensor tensor : file.tensors().values()) {
                assertThat(tensor.data().address() % tensor.info().dtype().bytes()).isZero();
                assertThat(tensor.data().mismatch(content(tensor.info()))).isEqualTo(-1);
            }
        }
    }

    @Test
    void bytesDoNotDependOnOrderOrThreadsOfWriting() throws Exception {
        List<TensorInfo> tensors = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            tensors.add(new TensorInfo("t" + i, i % 3 == 0 ? DType.F32 : DType.BF16,
                    List.of(7L, i + 1L)));
        }
        write(parent.resolve("ordered"), tensors, 3000);
        List<TensorInfo> shuffled = new ArrayList<>(tensors);
        Collections.shuffle(shuffled, new Random(7));
        try (var writer = CheckpointWriter.create(parent.resolve("shuffled"), tensors, 3000);
                ExecutorService pool = Executors.newFixedThreadPool(4)) {
            List<Callable<Void>> jobs = new ArrayList<>();
            for (TensorInfo tensor : shuffled) {
                jobs.add(() -> {
                    writer.write(tensor.name(), content(tensor));
                    return null;
                });
            }
            for (Future<Void> job : pool.invokeAll(jobs)) {
                assertThat(job.get()).isNull();
            }
            writer.text("config.json", "{}");
            writer.commit();
        }
        assertThat(names(parent.resolve("shuffled"))).containsExactlyElementsOf(
                names(parent.resolve("ordered")).toList());
        for (String name : names(parent.resolve("ordered")).toList()) {
            assertThat(parent.resolve("shuffled").resolve(name)).hasSameBinaryContentAs(
                    parent.resolve("ordered").resolve(name));
        }
    }

    @Test
    void heapSegmentsOfAnyElementTypeAreWritten() throws Exception {
        Path output = parent.resolve("out");
        try (var writer = CheckpointWriter.create(output,
                List.of(new TensorInfo("x", DType.F32, List.of(2L))), 100)) {
            writer.write("x", MemorySegment.ofArray(new float[]{1, 2}));
            writer.text("config.json", "{}");
            writer.commit();
        }
        try (Checkpoint checkpoint = Checkpoint.open(output)) {
            assertThat(FloatElements.of(checkpoint.tensor("x"))).containsExactly(1, 2);
        }
    }

    @Test
    void closingWithoutCommitLeavesNothingBehind() throws Exception {
        Path output = parent.resolve("new/parents/out");
        try (var writer = CheckpointWriter.create(output, ODD, 17)) {
            writer.write("flags", content(ODD.getFirst()));
            writer.text("config.json", "{}");
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void closingWithoutCommitLeavesAnEarlierOutputUntouched() throws Exception {
        Path output = parent.resolve("out");
        write(output, ODD, 1000);
        List<String> before = names(output).toList();
        byte[] weights = Files.readAllBytes(output.resolve("model.safetensors"));
        try (var writer = CheckpointWriter.create(output, List.of(ODD.getFirst()), 1000)) {
            writer.write("flags", content(ODD.getFirst()));
        }
        assertThat(names(output)).containsExactlyElementsOf(before);
        assertThat(output.resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void aTensorIsWrittenPartByPart() throws Exception {
        var info = new TensorInfo("w", DType.U8, List.of(1000L));
        byte[] bytes = new byte[1000];
        new Random(1).nextBytes(bytes);
        MemorySegment data = MemorySegment.ofArray(bytes);
        Path output = parent.resolve("out");
        try (var writer = CheckpointWriter.create(output, List.of(info), 5000, false, true)) {
            TensorParts parts = writer.parts("w");
            parts.store(300, data.asSlice(300, 700));
            parts.digest(data.asSlice(0, 999));
            parts.store(0, data.asSlice(0, 300));
            assertThatIllegalStateException().isThrownBy(parts::finish)
                    .withMessageContaining("999 digested");
            assertThatIllegalStateException().isThrownBy(writer::digest);
            parts.digest(data.asSlice(999, 1));
            parts.finish();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parts.store(999, data.asSlice(0, 2)));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.parts("w"));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.parts("v"));
            writer.text("config.json", "{}");
            String digest = writer.digest();
            writer.commit();
            try (Checkpoint written = Checkpoint.open(output)) {
                assertThat(written.digest()).isEqualTo(digest);
                assertThat(written.tensor("w").data().mismatch(data)).isEqualTo(-1);
            }
        }
    }

    @Test
    void aWriterWithoutADigestStillWantsAllTensors() throws Exception {
        var infos = List.of(new TensorInfo("a", DType.U8, List.of(2L)),
                new TensorInfo("b", DType.U8, List.of(1L)));
        Path output = parent.resolve("undigested");
        try (var writer = CheckpointWriter.create(output, infos, 5000, false, false)) {
            writer.write("a", MemorySegment.ofArray(new byte[]{1, 2}));
            assertThatIllegalStateException().isThrownBy(writer::commit)
                    .withMessageContaining("'b' was not written");
            writer.write("b", MemorySegment.ofArray(new byte[]{3}));
            assertThatIllegalStateException().isThrownBy(writer::digest)
                    .withMessageContaining("without a digest");
            writer.text("config.json", "{}");
            writer.commit();
        }
        try (Checkpoint written = Checkpoint.open(output)) {
            assertThat(written.tensor("a").data().toArray(ValueLayout.JAVA_BYTE))
                    .containsExactly(1, 2);
        }
    }

    @Test
    void anEarlierOutputIsReplacedWithAllItsShards() throws Exception {
        Path output = parent.resolve("out");
        write(output, ODD, 17);
        write(output, ODD.subList(0, 2), 1000);
        assertThat(names(output)).containsExactly("config.json", "model.safetensors");
        assertThat(names(parent)).containsExactly("out");
    }

    @Test
    void anEmptyFolderIsFilled() throws Exception {
        Path output = Files.createDirectory(parent.resolve("out"));
        write(output, ODD, 1000);
        assertThat(names(output)).containsExactly("config.json", "model.safetensors");
    }

    @Test
    void aModelOfSomebodyElseIsNeverOverwritten() throws Exception {
        Path output = Files.createDirectory(parent.resolve("model"));
        Path model = ARCHITECTURES.resolve("llama/model");
        for (String name : names(model).toList()) {
            Files.write(output.resolve(name), Files.readAllBytes(model.resolve(name)));
        }
        assertRefused(Kind.EXISTS, output);
        assertThat(names(output)).containsExactlyElementsOf(names(model).toList());
    }

    @Test
    void otherFilesInTheFolderAreARefusal() throws Exception {
        Path output = parent.resolve("out");
        write(output, ODD, 1000);
        Files.createFile(output.resolve("thesis.docx"));
        assertRefused(Kind.EXISTS, output);

        Path file = Files.createFile(parent.resolve("file"));
        assertRefused(Kind.EXISTS, file);
    }

    @Test
    void twoWritersOfOneFolderExcludeEachOther() throws Exception {
        Path output = parent.resolve("out");
        try (var writer = CheckpointWriter.create(output, ODD.subList(0, 1), 1000)) {
            assertRefused(Kind.EXISTS, output);
            writer.write("flags", content(ODD.getFirst()));
            writer.text("config.json", "{}");
            writer.commit();
        }
        assertThat(names(output)).containsExactly("config.json", "model.safetensors");
    }

    @Test
    void leftoversOfAKilledWriterAreRemoved() throws Exception {
        Path output = parent.resolve("out");
        Path leftover = Files.createDirectory(parent.resolve(".out.mendel-partial"));
        Files.createFile(leftover.resolve("model-00007-of-00009.safetensors"));
        Files.createFile(leftover.resolve(".lock"));
        write(output, ODD, 1000);
        assertThat(names(parent)).containsExactly("out");
        assertThat(names(output)).containsExactly("config.json", "model.safetensors");
    }

    @Test
    void tooLittleSpaceIsSaidBeforeWriting() {
        Path output = parent.resolve("out");
        var refusal = catchThrowableOfType(CheckpointException.class,
                () -> CheckpointWriter.create(output,
                        List.of(new TensorInfo("huge", DType.F32, List.of(1L << 50))),
                        Long.MAX_VALUE).close());
        assertThat(refusal.kind()).isEqualTo(Kind.DISK_FULL);
        assertThat(refusal).hasMessageContaining("free");
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void readOnlyFoldersAreSaidWithARemedy() throws Exception {
        Path closed = Files.createDirectory(parent.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(closed), "root may write everywhere");
        assertRefused(Kind.UNWRITABLE, closed.resolve("out"));
        assertRefused(Kind.UNWRITABLE, closed);
        assertThat(closed).isEmptyDirectory();
    }

    @Test
    void readOnlySideFilesAreCarriedAsOrdinaryOnes() throws Exception {
        Path tokenizer = Files.writeString(parent.resolve("tokenizer.json"), "{}");
        Files.setPosixFilePermissions(tokenizer, PosixFilePermissions.fromString("r--r--r--"));
        Path output = parent.resolve("out");
        try (var writer = CheckpointWriter.create(output, List.of(), 1)) {
            writer.carry(tokenizer, "tokenizer.json");
            writer.commit();
        }
        assertThat(output.resolve("tokenizer.json")).hasContent("{}");
        assertThat(Files.getPosixFilePermissions(output.resolve("tokenizer.json")).toString())
                .contains("OWNER_WRITE");
    }

    @Test
    void misuseIsAProgrammingError() throws Exception {
        TensorInfo x = new TensorInfo("x", DType.U8, List.of(4L));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CheckpointWriter.create(parent.resolve("out"), List.of(x, x), 10)
                        .close());
        assertThatIllegalArgumentException().isThrownBy(() -> CheckpointWriter
                .create(parent.resolve("out"),
                        List.of(new TensorInfo("__metadata__", DType.U8, List.of(1L))), 10)
                .close());
        try (var writer = CheckpointWriter.create(parent.resolve("out"), List.of(x), 10)) {
            assertThatIllegalStateException().isThrownBy(writer::commit)
                    .withMessageContaining("'x'");
            assertThatIllegalArgumentException().isThrownBy(() -> writer.write("y", content(x)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> writer.write("x", MemorySegment.ofArray(new byte[3])));
            writer.write("x", content(x));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.write("x", content(x)));
            for (String name : List.of("../x", "a/b", "", "..", "model.safetensors", ".lock")) {
                assertThatIllegalArgumentException().isThrownBy(() -> writer.text(name, ""));
            }
        }
        assertThat(parent).isEmptyDirectory();
    }

    private static void assertRefused(Kind kind, Path output) {
        var refusal = catchThrowableOfType(CheckpointException.class,
                () -> CheckpointWriter.create(output, ODD, 1000).close());
        assertThat(refusal).isNotNull()
                .hasMessageStartingWith(output + ": ")
                .hasMessageContaining("\n");
        assertThat(refusal.kind()).isEqualTo(kind);
    }

    private static void write(Path output, List<TensorInfo> tensors, long maxShardBytes)
            throws CheckpointException {
        try (var writer = CheckpointWriter.create(output, tensors, maxShardBytes)) {
            for (TensorInfo tensor : tensors) {
                writer.write(tensor.name(), content(tensor));
            }
            writer.text("config.json", "{}");
            writer.commit();
        }
    }

    private static void copy(Checkpoint source, Path output, long maxShardBytes)
            throws CheckpointException {
        try (var writer = CheckpointWriter.create(output, List.copyOf(source.tensors().values()),
                maxShardBytes)) {
            for (String name : source.tensors().keySet()) {
                writer.write(name, source.tensor(name).data());
            }
            writer.carry(source.directory().resolve("config.json"), "config.json");
            writer.commit();
        }
    }

    private static MemorySegment content(TensorInfo tensor) {
        byte[] bytes = new byte[(int) tensor.byteSize()];
        new Random(tensor.name().hashCode()).nextBytes(bytes);
        return MemorySegment.ofArray(bytes);
    }

    private static Stream<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }
}
