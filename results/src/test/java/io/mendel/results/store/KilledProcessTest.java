package io.mendel.results.store;

import static io.mendel.results.store.CampaignStoreTest.assertKind;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.results.CampaignState;
import io.mendel.results.DemoCampaign;
import io.mendel.results.store.StoreException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KilledProcessTest {
    @TempDir
    Path directory;

    @Test
    void secondProcessIsRefusedUntilTheFirstDies() throws Exception {
        var process = spawn();
        try (var out = output(process)) {
            await(out, "0");
            assertThatThrownBy(() -> CampaignStore.resume(directory))
                    .hasMessageContaining("process " + process.pid());
            assertKind(Kind.LOCKED, () -> CampaignStore.start(directory, DemoCampaign.info(3)));
            try (var reader = CampaignStore.read(directory)) {
                assertThat(reader.state()).isEqualTo(CampaignState.RUNNING);
                assertThat(reader.candidates()).hasSize(5000);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        try (var reader = CampaignStore.read(directory)) {
            assertThat(reader.state()).isEqualTo(CampaignState.PAUSED);
        }
        CampaignStore.resume(directory).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ready", "0", "37", "200"})
    void whatWasRecordedBeforeSigkillIsThere(String killAt) throws Exception {
        var process = spawn();
        int last = -1;
        try (var out = output(process)) {
            await(out, killAt);
            // The handle, because Process.destroyForcibly() also closes the pipe that holds the last lines.
            process.toHandle().destroyForcibly();
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                last = Integer.parseInt(line);
            }
        }
        last = killAt.equals("ready") ? last : Math.max(last, Integer.parseInt(killAt));
        try (var store = CampaignStore.resume(directory)) {
            assertThat(store.integrityDefects()).isEmpty();
            for (var candidate : DemoCampaign.candidates(last + 1, 42)) {
                var expected = DemoCampaign.evaluation(candidate, 3, true);
                assertThat(store.find(expected.key())).isEqualTo(expected);
            }
            assertThat(store.evaluations(DemoCampaign.ITEMS)).hasSizeBetween(last + 1, last + 2);
        }
    }

    private Process spawn() throws IOException {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                LockHolder.class.getName(), directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    private static void await(BufferedReader out, String wanted) throws IOException {
        var line = out.readLine();
        while (line != null && !line.equals(wanted)) {
            line = out.readLine();
        }
        assertThat(line).isEqualTo(wanted);
    }
}
