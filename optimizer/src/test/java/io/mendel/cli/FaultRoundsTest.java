package io.mendel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A few rounds of what {@code bench/faults.sh} and {@code bench/kill-and-resume.sh} do by the hundred. */
class FaultRoundsTest {

    @TempDir
    private Path folder;

    @Test
    @Timeout(300)
    void faultsOfAllKindsLoseNothingAndRepeatNothing() throws Exception {
        var rounds = new FaultRounds(Files.createDirectory(folder.resolve("rounds")),
                List.of("nsga2"), 1, 0, false);

        rounds.run(2, false);

        assertThat(rounds.summary()).contains("none lost")
                .contains("injected")
                .contains("must be between")
                .contains("must be a finite number, not NaN");
    }

    @Test
    @Tag("slow")
    @Timeout(3600)
    void killsLeaveNoTraceInAnyStrategy() throws Exception {
        var rounds = new FaultRounds(Files.createDirectory(folder.resolve("rounds")),
                List.of("nsga2", "cma_es", "ga", "random"), 2, 0, false);

        rounds.run(20, true);

        assertThat(rounds.summary()).contains("KILLED=20");
    }
}
