package io.mendel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.campaign.SmallCampaign;
import io.mendel.results.store.CampaignStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, really killed. {@code -Dkills=20} kills more often. */
class KilledCampaignTest {

    private static final int KILLS = Integer.getInteger("kills", 3);

    @TempDir
    private Path folder;

    private Process start(String... args) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), "io.mendel.cli.Mendel"));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile())
                .start();
    }

    private Path campaign() throws IOException {
        return Files.writeString(folder.resolve("small.yaml"), SmallCampaign.YAML
                .replace("models/", SmallCampaign.DEMO + "/models/")
                .replace("tasks/", SmallCampaign.DEMO + "/tasks/")
                .replace("evaluations: 20", "evaluations: 60"));
    }

    private static String content(Path directory) throws Exception {
        try (CampaignStore store = CampaignStore.read(directory)) {
            assertThat(store.integrityDefects()).isEmpty();
            return store.contentDigest();
        }
    }

    @Test
    @Timeout(1800)
    void killedAndResumedCampaignsFindTheSame() throws Exception {
        String file = campaign().toString();
        Path straight = folder.resolve("straight");
        assertThat(start("run", file, "--dir", straight.toString()).waitFor()).isZero();

        Path killed = folder.resolve("killed");
        var random = new SplittableRandom(7);
        for (int i = 0; i < KILLS; i++) {
            Process process = start("run", file, "--dir", killed.toString());
            if (!process.waitFor(500 + random.nextInt(4000), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
        Process last = start("run", file, "--dir", killed.toString(), "--workers", "2");
        assertThat(last.waitFor()).as(Files.readString(folder.resolve("output.txt"))).isZero();

        assertThat(content(killed)).isEqualTo(content(straight));
    }

    /** Killed in the first stage, while the model between the stages is built, and in the second. */
    @Test
    @Tag("slow")
    @Timeout(1800)
    void killedStagesFindTheSame() throws Exception {
        String text = Files.readString(campaign());
        String space = "{type: parameter, methods: [dare_ties], layer_groups: 2, filters: [mlp]}";
        assertThat(text).contains(space);
        String file = Files.writeString(folder.resolve("staged.yaml"), text.replace(space,
                "{type: hybrid, parameter_share: 0.5, methods: [ties]}")).toString();
        Path straight = folder.resolve("straight");
        assertThat(start("run", file, "--dir", straight.toString()).waitFor()).isZero();

        Path killed = folder.resolve("killed");
        for (String line : List.of("generation 1", "building candidate", "search of paths",
                "generation 5")) {
            Process process = start("run", file, "--dir", killed.toString());
            Path log = killed.resolve("events.log");
            while (process.isAlive()
                    && !(Files.exists(log) && Files.readString(log).contains(line))) {
                process.waitFor(1, TimeUnit.MILLISECONDS);
            }
            process.destroyForcibly().waitFor();
        }
        Process last = start("run", file, "--dir", killed.toString(), "--workers", "2");
        assertThat(last.waitFor()).as(Files.readString(folder.resolve("output.txt"))).isZero();

        assertThat(content(killed)).isEqualTo(content(straight));
    }

    @Test
    @Timeout(300)
    void aTerminatedCampaignSavesEverythingAndSaysThree() throws Exception {
        Path directory = folder.resolve("stopped");
        Process process = start("run", campaign().toString(), "--dir", directory.toString());
        while (process.isAlive() && !hasEvaluations(directory)) {
            process.waitFor(50, TimeUnit.MILLISECONDS);
        }

        process.destroy();

        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(folder.resolve("output.txt")))
                .isEqualTo(ExitCode.STOPPED);
        assertThat(Files.readString(folder.resolve("output.txt")))
                .contains("mendel resume " + directory);
    }

    /** Asks the log, which needs no lock and no database. */
    private static boolean hasEvaluations(Path directory) throws IOException {
        Path log = directory.resolve("events.log");
        return Files.exists(log) && Files.readString(log).contains("generation 0");
    }
}
