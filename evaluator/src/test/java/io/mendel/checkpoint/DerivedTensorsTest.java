package io.mendel.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
