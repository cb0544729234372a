package io.mendel.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    private static final Path GOLDEN = Path
            .of(System.getProperty("golden.dir", "src/test/resources/golden"));
    private static final Path SHARDED = GOLDEN.resolve("architectures/llama_sharded/model");
    private static final String SECOND = "model-00002-of-00003.safetensors";

    @TempDir
    Path temporary;

    @Test
    void aFolderOfTheHuggingFaceCacheIsReadThroughItsLinks() throws Exception {
        Path blobs = Files.createDirectories(temporary.resolve("models--a--b/blobs"));
        Path snapshot = Files
                .createDirectories(temporary.resolve("models--a--b/snapshots/0123abcd"));
        for (String name : names(SHARDED)) {
            String blob = Integer.toHexString(name.hashCode());
            Files.copy(SHARDED.resolve(name), blobs.resolve(blob));
            Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs", blob));
        }
        try (Checkpoint cached = Checkpoint.open(snapshot);
                Checkpoint plain = Checkpoint.open(SHARDED)) {
            assertThat(cached.digest()).isEqualTo(plain.digest());
        }
    }

    @Test
    void aLinkToTheFolderItselfIsFollowed() throws Exception {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), SHARDED.toAbsolutePath());
        try (Checkpoint checkpoint = Checkpoint.open(link)) {
            assertThat(checkpoint.tensors()).isNotEmpty();
            assertThat(checkpoint.directory()).isEqualTo(link);
        }
    }

    @Test
    void aShardThatLinksOutOfTheFolderIsRefused() throws Exception {
        Path folder = copy(SHARDED);
        Files.move(folder.resolve(SECOND), temporary.resolve("elsewhere.safetensors"));
        Files.createSymbolicLink(folder.resolve(SECOND),
                temporary.resolve("elsewhere.safetensors"));
        assertRefused(Kind.PATH_ESCAPE, folder, SECOND);
    }

    @Test
    void aLinkedFolderInsideTheFolderDoesNotLeadOut() throws Exception {
        Path folder = copy(SHARDED);
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.move(folder.resolve(SECOND), outside.resolve(SECOND));
        Files.createSymbolicLink(folder.resolve("sub"), outside);
        nameSecondShard(folder, "sub/" + SECOND);
        assertRefused(Kind.PATH_ESCAPE, folder, "sub/" + SECOND);
    }

    @Test
    void anAbsolutePathIsRefusedEvenIfTheShardIsGood() throws Exception {
        Path folder = copy(SHARDED);
        String absolute = folder.resolve(SECOND).toAbsolutePath().toString();
        nameSecondShard(folder, absolute);
        assertRefused(Kind.PATH_ESCAPE, folder, absolute);
    }

    @Test
    void aShardInAFolderBelowIsRead() throws Exception {
        Path folder = copy(SHARDED);
        Files.createDirectory(folder.resolve("sub"));
        Files.move(folder.resolve(SECOND), folder.resolve("sub").resolve(SECOND));
        nameSecondShard(folder, "sub/" + SECOND);
        try (Checkpoint moved = Checkpoint.open(folder);
                Checkpoint plain = Checkpoint.open(SHARDED)) {
            assertThat(moved.digest()).isEqualTo(plain.digest());
        }
    }

    @Test
    void strangeShardNamesAreRefused() throws Exception {
        for (String name : new String[]{"", ".", "..", "a\u0000b", "..\\" + SECOND, "no such file",
            "x".repeat(5000)}) {
            Path folder = Files.createTempDirectory(temporary, "copy");
            copy(SHARDED, folder);
            nameSecondShard(folder, name);
            var refusal = catchThrowableOfType(CheckpointException.class,
                    () -> Checkpoint.open(folder).close());
            assertThat(refusal).as(name).isNotNull();
        }
    }

    @Test
    void unreadableFilesAreNamed() throws Exception {
        Path folder = copy(SHARDED);
        Path shard = folder.resolve(SECOND);
        Files.setPosixFilePermissions(shard, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(shard), "root may read everything");
        assertRefused(Kind.UNREADABLE, folder, SECOND);
    }

    @Test
    void missingFoldersAndFilesAreNamed() throws Exception {
        assertRefused(Kind.MISSING, temporary.resolve("none"), "none");
        assertRefused(Kind.MISSING, SHARDED.resolve("config.json"), "config.json");
        Path folder = copy(SHARDED);
        Files.delete(folder.resolve("model.safetensors.index.json"));
        assertRefused(Kind.MISSING, folder, "model.safetensors.index.json");
    }

    @Test
    void digestTellsContentNameTypeAndShapeApart() throws Exception {
        Path folder = copy(GOLDEN.resolve("architectures/llama/model"));
        String digest = digest(folder);
        assertThat(digest).hasSize(64)
                .isEqualTo(digest(GOLDEN.resolve("architectures/llama/model")));

        Path weights = folder.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        assertThat(digest(folder)).isNotEqualTo(digest);
        String header = new String(
                Files.readAllBytes(GOLDEN.resolve("architectures/llama/model/model.safetensors")),
                java.nio.charset.StandardCharsets.ISO_8859_1);
        for (String[] change : new String[][]{{"lm_head", "LM_head"}, {"[96,32]", "[32,96]"},
            {"F32", "I32"}}) {
            Files.writeString(weights, header.replace(change[0], change[1]),
                    java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(digest(folder)).as(change[1]).isNotEqualTo(digest);
        }
    }

    @Test
    void configIsACopy() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(SHARDED)) {
            ((ObjectNode) checkpoint.config()).removeAll();
            assertThat(checkpoint.config()).isNotEmpty();
            assertThatIllegalArgumentException().isThrownBy(() -> checkpoint.tensor("none"))
                    .withMessageContaining("none");
        }
    }

    private static String digest(Path folder) throws CheckpointException {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            return checkpoint.digest();
        }
    }

    private static void assertRefused(Kind kind, Path folder, String named) {
        var refusal = catchThrowableOfType(CheckpointException.class,
                () -> Checkpoint.open(folder).close());
        assertThat(refusal).isNotNull().hasMessageContaining(named).hasMessageContaining("\n");
        assertThat(refusal.kind()).isEqualTo(kind);
    }

    private static void nameSecondShard(Path folder, String name) throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        var json = (ObjectNode) new ObjectMapper().readTree(index.toFile());
        var map = (ObjectNode) json.path("weight_map");
        for (var entry : map.properties()) {
            if (entry.getValue().asText().equals(SECOND)) {
                map.put(entry.getKey(), name);
            }
        }
        Files.writeString(index, json.toString());
    }

    private Path copy(Path folder) throws IOException {
        Path target = Files.createDirectory(temporary.resolve("copy"));
        copy(folder, target);
        return target;
    }

    private static void copy(Path folder, Path target) throws IOException {
        for (String name : names(folder)) {
            Files.write(target.resolve(name), Files.readAllBytes(folder.resolve(name)));
        }
    }

    private static String[] names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toArray(String[]::new);
        }
    }
}
