package io.mendel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.campaign.CampaignSpec;
import io.mendel.campaign.CampaignSummary;
import io.mendel.campaign.SmallCampaign;
import io.mendel.results.Amendment;
import io.mendel.results.store.CampaignStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look on and reach in. */
class LiveCommandsTest {

    private static final Path DEMO = SmallCampaign.DEMO;

    @TempDir
    private Path folder;

    private record Run(int code, String out, String err) {}

    private static Run mendel(Object... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        String[] args = new String[words.length];
        for (int i = 0; i < args.length; i++) {
            args[i] = words[i].toString();
        }
        int code = Mendel
                .commandLine(new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8), false))
                .execute(args);
        return new Run(code, out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aCampaignIsWatchedFedExtendedAndSeedsAnother() throws Exception {
        Path file = Files.writeString(folder.resolve("small.yaml"),
                SmallCampaign.YAML.replace("models/", DEMO + "/models/")
                        .replace("tasks/", DEMO + "/tasks/")
                        .replace("evaluations: 20", "evaluations: 5")
                        .replace("dare_ties", "task_arithmetic")
                        .replace("items: 8, validation_items: 6, test_items: 5",
                                "items: 2, validation_items: 1, test_items: 1"));
        Path directory = folder.resolve("campaign");
        Path recipe = Files.writeString(folder.resolve("mine.yaml"), """
                merge_method: linear
                models:
                - {model: %1$s/models/math-en, parameters: {weight: 1}}
                - {model: %1$s/models/chat-ja, parameters: {weight: 2}}
                """.formatted(DEMO));
        assertThat(mendel("run", file, "--dir", directory, "--quiet").code()).isZero();

        Run watched = mendel("watch", directory);
        Run enqueued = mendel("enqueue", directory, recipe);
        Run again = mendel("enqueue", directory, recipe);
        Run extended = mendel("resume", directory, "--quiet", "--set", "budget.evaluations=7");
        Run constrained = mendel("resume", directory, "--quiet", "--set",
                "objectives.know.floor={parent: chat-ja, tolerance: 0.5}");
        var floor = CampaignSummary.read(directory).spec().objectives().getFirst().floor();
        Run tightened = mendel("resume", directory, "--quiet", "--set",
                "objectives.know.floor.tolerance=0.25");
        Run seeded = mendel("run", file, "--dir", folder.resolve("other"), "--quiet",
                "--seeds-from", directory, "--seeds-best", 2, "--set", "search.seed=8");

        assertThat(watched.code()).isZero();
        assertThat(watched.out()).startsWith("small: finished, 5 evaluations")
                .contains("parent:math-en");
        assertThat(enqueued.out()).contains("enqueued 1 of 1", "mendel resume " + directory);
        assertThat(again.out()).contains("enqueued 0 of 1");
        assertThat(extended.code()).as(extended.err()).isZero();
        assertThat(extended.out()).contains("finished, 8 evaluations");
        assertThat(constrained.code()).as(constrained.err()).isZero();
        assertThat(floor).isEqualTo(new CampaignSpec.Floor("chat-ja", 0.5));
        assertThat(tightened.code()).as(tightened.err()).isZero();
        assertThat(CampaignSummary.read(directory).spec().objectives().getFirst().floor())
                .isEqualTo(new CampaignSpec.Floor("chat-ja", 0.25));
        try (CampaignStore store = CampaignStore.read(directory)) {
            assertThat(store.amendments()).extracting(Amendment::key)
                    .containsExactly("budget.evaluations", "objectives.know.floor",
                            "objectives.know.floor.tolerance");
        }
        assertThat(seeded.code()).as(seeded.err()).isZero();
        assertThat(mendel("resume", directory, "--set", "search.seed=1").err())
                .contains("keeps its 'search'");
        assertThat(mendel("resume", directory, "--set", "search.seed=1").code())
                .isEqualTo(ExitCode.INPUT);
        assertThat(mendel("watch", folder).code()).isEqualTo(ExitCode.INPUT);
        assertThat(mendel("watch", directory, "--interval", 0).code()).isEqualTo(ExitCode.INPUT);
        assertThat(mendel("serve", folder).code()).isEqualTo(ExitCode.INPUT);
        assertThat(mendel("serve", directory, "--port", 70000).code()).isEqualTo(ExitCode.INPUT);
    }

    @Test
    void everyCommandHasExamples() {
        var terminal = new Terminal(System.out, System.err, false);
        var commands = Mendel.commandLine(terminal).getSubcommands();
        for (String command : new String[]{"watch", "serve", "enqueue", "resume"}) {
            assertThat(Objects.requireNonNull(commands.get(command)).getUsageMessage())
                    .contains("Examples:", "mendel " + command + " campaigns/three-skills");
        }
    }

    @Test
    void theTableShowsProgressTheBestAndFailures() throws Exception {
        Path file = Files.writeString(folder.resolve("small.yaml"),
                SmallCampaign.YAML.replace("models/", DEMO + "/models/")
                        .replace("tasks/", DEMO + "/tasks/")
                        .replace("evaluations: 20", "evaluations: 3")
                        .replace("dare_ties", "task_arithmetic"));
        assertThat(mendel("run", file, "--dir", folder.resolve("c"), "--quiet").code()).isZero();

        String table = WatchTable.of(io.mendel.campaign.CampaignSummary.read(folder.resolve("c")));

        assertThat(table).contains("] 3 of 3 evaluations", "candidate", "uniform", "Finished.");
        assertThat(table.lines().filter(line -> line.endsWith("consensus of the finalists")))
                .hasSizeLessThanOrEqualTo(1);
    }
}
