package io.mendel.merge.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResidentBlocksTest {

    private record Name(String text, boolean isAlive) implements ResidentBlocks.Key {}

    private final HostDevice device = new HostDevice(null, 1000);
    private final DeviceMemory memory = new DeviceMemory(device, 1000);
    private final ResidentBlocks blocks = new ResidentBlocks(memory, 300);
    private final List<String> loaded = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        blocks.close();
        memory.close();
        device.close();
    }

    private boolean use(String name) {
        return use(new Name(name, true));
    }

    private boolean use(Name name) {
        try (ResidentBlocks.Lease lease = blocks.acquire(name, 100,
                address -> loaded.add(name.text()))) {
            return lease != null;
        }
    }

    @Test
    void loadsOnceWhatStays() throws Exception {
        assertThat(use("a") && use("b") && use("a") && use("b")).isTrue();
        assertThat(loaded).containsExactly("a", "b");
        assertThat(blocks.bytes()).isEqualTo(200);
    }

    @Test
    void leastRecentlyUsedGivesWayAtTheSecondRequest() throws Exception {
        for (String name : List.of("a", "b", "c", "a", "c")) {
            use(name);
        }
        assertThat(use("d")).isFalse();
        assertThat(use("d")).isTrue();
        assertThat(blocks.evictions()).isEqualTo(1);
        // b was evicted.
        assertThat(use("a") && use("c")).isTrue();
        assertThat(loaded).containsExactly("a", "b", "c", "d");
    }

    @Test
    void whatIsReadInTurnStaysThoughNotAllOfItFits() throws Exception {
        for (int round = 0; round < 10; round++) {
            for (String name : List.of("a", "b", "c", "d", "e")) {
                use(name);
            }
        }
        assertThat(loaded).containsExactly("a", "b", "c");
        assertThat(blocks.evictions()).isZero();
    }

    @Test
    void leasedBlocksStay() throws Exception {
        try (var a = blocks.acquire(new Name("a", true), 100, address -> {
        });
                var b = blocks.acquire(new Name("b", true), 200, address -> {
                })) {
            assertThat(a).isNotNull();
            assertThat(b).isNotNull();
            assertThat(use("c")).isFalse();
            assertThat(use("c")).isFalse();
            assertThat(blocks.evict()).isFalse();
        }
        assertThat(use("c")).isTrue();
    }

    @Test
    void whatNoLongerExistsGivesWayAtOnce() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            use(new Name(name, false));
        }
        assertThat(use("d")).isTrue();
        assertThat(blocks.bytes()).isEqualTo(100);
    }

    @Test
    void workThatCannotWaitEvicts() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            use(name);
        }
        device.occupy(650);
        blocks.allocate(200).close();
        assertThat(blocks.evictions()).isEqualTo(2);
        device.occupy(-650);
    }

    @Test
    void closingFindsWhatWasLost() throws Exception {
        DeviceMemory.Block lost = memory.allocate(10);
        assertThatIllegalStateException().isThrownBy(memory::close)
                .withMessageContaining("1 pieces")
                .withMessageContaining("10 bytes");
        lost.close();
        lost.close();
        assertThat(memory.bytes()).isZero();
        assertThat(memory.pieces()).isZero();
    }
}
