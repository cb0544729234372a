package io.mendel.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerivedTensorsTest {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final String EMBEDDING = "embed.weight";

    @TempDir
    private Path folder = Path.of("");
    private final List<Checkpoint> open = new ArrayList<>();
    private final AtomicInteger computations = new AtomicInteger();

    @BeforeEach
    void writeOrigin() throws Exception {
        var infos = List.of(new TensorInfo(EMBEDDING, DType.F32, List.of(2L, 2L)),
                new TensorInfo("norm.weight", DType.F32, List.of(1L)));
        try (Arena arena = Arena.ofConfined();
                var writer = CheckpointWriter.create(folder.resolve("origin"), infos,
                        Long.MAX_VALUE)) {
            writer.write(EMBEDDING, arena.allocateFrom(FLOAT, 1, 2, 3, 4));
            writer.write("norm.weight", arena.allocateFrom(FLOAT, 5));
            writer.text("config.json", "{\"vocab_size\": 2}");
            writer.commit();
        }
        Files.createDirectory(folder.resolve("scratch"));
    }

    @AfterEach
    void close() {
        open.reversed().forEach(Checkpoint::close);
    }

    private Checkpoint origin() throws CheckpointException {
        Checkpoint origin = Checkpoint.open(folder.resolve("origin"));
        open.add(origin);
        return origin;
    }

    private Checkpoint derived(Checkpoint origin, DerivedTensor... tensors) {
        Checkpoint derived = origin.derive(origin.config(), List.of(tensors),
                folder.resolve("scratch"), () -> {
                });
        open.add(derived);
        return derived;
    }

    /** Rows of a matrix in another order. */
    private final class Rows implements DerivedTensor {
        private final Tensor source;
        private final String sourceDigest;
        private final List<Integer> rows;

        Rows(Checkpoint origin, List<Integer> rows) {
            this.source = origin.tensor(EMBEDDING);
            this.sourceDigest = origin.digest();
            this.rows = rows;
        }

        @Override
        public TensorInfo info() {
            return new TensorInfo(EMBEDDING, DType.F32, List.of((long) rows.size(), 2L));
        }

        @Override
        public String fingerprint() {
            return "rows " + rows + " of " + sourceDigest;
        }

        @Override
        public void compute(long firstRow, MemorySegment target) {
            computations.incrementAndGet();
            for (int i = 0; i < target.byteSize() / 8; i++) {
                MemorySegment.copy(source.data(), 8L * rows.get((int) firstRow + i), target,
                        8L * i, 8);
            }
        }
    }

    /** Counts up. */
    private record Numbers(TensorInfo info) implements DerivedTensor {

        @Override
        public String fingerprint() {
            return "numbers";
        }

        @Override
        public void compute(long firstRow, MemorySegment target) {
            for (int i = 0; i < target.byteSize() / 4; i++) {
                target.set(FLOAT, 4L * i, (float) (firstRow + i));
            }
        }
    }

    @Test
    void computedTensorsReplaceThoseOfTheOrigin() throws Exception {
        Checkpoint origin = origin();
        Checkpoint derived = derived(origin, new Rows(origin, List.of(1, 0, 1)));

        assertThat(derived.tensors().keySet()).containsExactly(EMBEDDING, "norm.weight");
        assertThat(derived.tensor(EMBEDDING).info().shape()).containsExactly(3L, 2L);
        assertThat(derived.tensor(EMBEDDING).data().toArray(FLOAT)).containsExactly(3, 4, 1, 2, 3,
                4);
        assertThat(derived.tensor("norm.weight")).isSameAs(origin.tensor("norm.weight"));
        derived.requireFinite();
    }

    @Test
    void nothingIsComputedBeforeItIsAskedForNorTwice() throws Exception {
        Checkpoint origin = origin();
        Checkpoint derived = derived(origin, new Rows(origin, List.of(1, 0)));

        assertThat(derived.digest()).hasSize(64);
        assertThat(computations).hasValue(0);
        assertThat(derived.tensor(EMBEDDING)).isSameAs(derived.tensor(EMBEDDING));
        assertThat(computations).hasValue(1);
    }

    @Test
    void largeTensorsAreComputedInPiecesAndLeaveNoFiles() throws Exception {
        long rows = (1 << 20) * 3 + 17;
        Checkpoint derived = derived(origin(),
                new Numbers(new TensorInfo("large", DType.F32, List.of(rows))),
                new Numbers(new TensorInfo("scalar", DType.F32, List.of())),
                new Numbers(new TensorInfo("empty", DType.F32, List.of(0L, 4L))));

        MemorySegment data = derived.tensor("large").data();
        assertThat(data.isMapped()).isTrue();
        assertThat(data.isReadOnly()).isTrue();
        for (long i = 0; i < rows; i += 997) {
            assertThat(data.get(FLOAT, 4 * i)).isEqualTo((float) i);
        }
        assertThat(derived.tensor("scalar").data().toArray(FLOAT)).containsExactly(0);
        assertThat(derived.tensor("empty").data().byteSize()).isZero();
        assertThat(folder.resolve("scratch")).isEmptyDirectory();
    }

    @Test
    void aTensorThatCannotBeStoredIsRefusedWithPathAndRemedy() throws Exception {
        var huge = new Numbers(new TensorInfo("huge", DType.F32, List.of(1L << 50)));
        Checkpoint full = derived(origin(), huge);
        Checkpoint nowhere = origin().derive(origin().config(),
                List.of(new Numbers(new TensorInfo("small", DType.F32, List.of(2L)))),
                folder.resolve("none"), () -> {
                });
        open.add(nowhere);

        var refusal = catchThrowableOfType(CheckpointException.class, full::requireFinite);
        assertThat(refusal.kind()).isEqualTo(Kind.DISK_FULL);
        assertThat(refusal.path()).isEqualTo(folder.resolve("scratch"));
        assertThat(refusal).hasMessageContainingAll("huge", "Free some space");
        assertThatThrownBy(() -> full.tensor("huge")).isInstanceOf(UnusableTensorException.class);
        assertThat(catchThrowableOfType(CheckpointException.class, nowhere::requireFinite).kind())
                .isEqualTo(Kind.UNWRITABLE);
        assertThat(folder.resolve("scratch")).isEmptyDirectory();
    }

    /** Fills the disk with something else while it is computed. */
    private record Greedy(TensorInfo info, Path disk) implements DerivedTensor {

        @Override
        public String fingerprint() {
            return "greedy";
        }

        @Override
        public void compute(long firstRow, MemorySegment target) {
            try (var other = Files.newOutputStream(disk.resolve("other"))) {
                for (int i = 0; i < 2_000; i++) {
                    other.write(new byte[1_000]);
                }
                throw new IllegalStateException("The disk should be full.");
            } catch (IOException e) {
                assertThat(e).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFullDiskIsSaidAndNothingIsLeftOnIt(boolean whileComputing) throws Exception {
        Path disk = folder.resolve("scratch");
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
                "only root can mount a small disk");
        try {
            List<Long> shape = List.of(150_000L);
            var first = new Numbers(new TensorInfo("first", DType.F32, shape));
            var secondInfo = new TensorInfo("second", DType.F32, shape);
            DerivedTensor second = whileComputing
                    ? new Greedy(secondInfo, disk)
                    : new Numbers(secondInfo);
            Checkpoint derived = whileComputing
                    ? derived(origin(), second)
                    : derived(origin(), first, second);

            var refusal = catchThrowableOfType(CheckpointException.class, derived::requireFinite);

            assertThat(refusal.kind()).isEqualTo(Kind.DISK_FULL);
            assertThat(refusal.path()).isEqualTo(disk);
            assertThat(refusal).hasMessageContainingAll("second", "600,000", "another disk");
            Files.deleteIfExists(disk.resolve("other"));
            assertThat(disk).isEmptyDirectory();
        } finally {
            assertThat(run("umount", "-l", disk.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void theFolderForTemporaryFilesIsTmpdirIfThatIsAFolder() {
        String scratch = folder.resolve("scratch").toString();
        assertThat(TemporaryFolder.choose(scratch, "/else")).isEqualTo(Path.of(scratch));
        assertThat(TemporaryFolder.choose(scratch + "/none", "/else")).isEqualTo(Path.of("/else"));
        assertThat(TemporaryFolder.choose(null, "/else")).isEqualTo(Path.of("/else"));
        assertThat(TemporaryFolder.near(folder.resolve("scratch/a/b")))
                .isEqualTo(folder.resolve("scratch").toAbsolutePath());
    }

    @Test
    void theDigestFollowsFromTheOriginAndTheDerivation() throws Exception {
        Checkpoint origin = origin();
        Checkpoint swapped = derived(origin, new Rows(origin, List.of(1, 0)));
        Checkpoint again = derived(origin(), new Rows(origin, List.of(1, 0)));
        Checkpoint other = derived(origin, new Rows(origin, List.of(0, 0)));
        Checkpoint twice = derived(swapped, new Rows(swapped, List.of(1, 0)));

        assertThat(again.digest()).isEqualTo(swapped.digest());
        assertThat(List.of(origin.digest(), swapped.digest(), other.digest(), twice.digest()))
                .doesNotHaveDuplicates();
        assertThat(twice.tensor(EMBEDDING).data().toArray(FLOAT)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void closingUnmapsAndTellsTheOwner() throws Exception {
        Checkpoint origin = origin();
        var closed = new AtomicInteger();
        Checkpoint derived = origin.derive(origin.config(), List.of(new Rows(origin, List.of(0))),
                null, closed::incrementAndGet);
        MemorySegment data = derived.tensor(EMBEDDING).data();

        derived.close();

        assertThat(closed).hasValue(1);
        assertThatThrownBy(() -> data.get(FLOAT, 0)).isInstanceOf(IllegalStateException.class);
        assertThat(origin.tensor(EMBEDDING).data().get(FLOAT, 0)).isEqualTo(1);
    }
}
