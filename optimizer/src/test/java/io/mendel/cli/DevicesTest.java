package io.mendel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.campaign.SmallCampaign;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.space.DocumentException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevicesTest {

    @TempDir
    private Path folder;

    private record Run(int code, String out, String err) {}

    private static Run mendel(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false);
        int code = Mendel.commandLine(terminal).execute(args);
        return new Run(code, out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }

    private static void needMachineWithoutGpu() {
        assumeTrue(MergeDevice.offer().reason() != null, "this machine has a GPU");
    }

    @Test
    void autoFallsBackSilently() throws Exception {
        needMachineWithoutGpu();
        try (MergeDevice device = Devices.open("auto")) {
            assertThat(device.kernels().name()).isEqualTo(MergeKernels.preferred().name());
            assertThat(device.name()).isEqualTo("cpu");
        }
    }

    @Test
    void missingGpuIsNamedWithARemedy() {
        needMachineWithoutGpu();
        DocumentException e = catchThrowableOfType(DocumentException.class,
                () -> Devices.open("cuda:0"));
        assertThat(e).hasMessageContaining("--device cuda:0")
                .hasMessageContaining("--device cpu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda", "cuda:", "cuda:x", "cuda:-1", "cuda:99999", "CPU"})
    void otherWordsAreRefused(String word) {
        DocumentException e = catchThrowableOfType(DocumentException.class,
                () -> Devices.open(word));
        assertThat(e).hasMessageContaining("auto, cpu or cuda:N");
    }

    @Test
    void everyMergingCommandRefusesAMissingGpuAndWritesNothing() throws Exception {
        needMachineWithoutGpu();
        Path demo = SmallCampaign.DEMO;
        Path recipe = Files.writeString(folder.resolve("r.yaml"), """
                merge_method: linear
                models:
                - {model: %s, parameters: {weight: 1}}
                """.formatted(demo.resolve("models/base")));
        String task = demo.resolve("tasks/arith_en.yaml").toString();
        String out = folder.resolve("out").toString();
        String base = demo.resolve("models/base").toString();
        for (String[] command : new String[][]{{"merge", recipe.toString(), out},
            {"evaluate", base, "--tasks", task}, {"soup", base, out, "--tasks", task},
            {"restore", folder.toString(), "x", out}}) {
            String[] args = Arrays.copyOf(command, command.length + 2);
            args[command.length] = "--device";
            args[command.length + 1] = "cuda:0";
            Run run = mendel(args);
            assertThat(run.code()).as(command[0]).isEqualTo(ExitCode.INPUT);
            assertThat(run.err().strip().lines()).as(command[0]).hasSize(1);
            assertThat(run.err()).contains("cuda:0").contains("--device cpu");
            assertThat(folder.resolve("out")).doesNotExist();
        }
    }

    @Test
    void doctorSaysOnceWhyItIsNotCuda() throws Exception {
        needMachineWithoutGpu();
        JsonNode report = new ObjectMapper().readTree(mendel("doctor", "--json").out());
        assertThat(report.get("merge_engine").asText())
                .isEqualTo(MergeKernels.preferred().name());
        assertThat(report.get("gpu").asText()).startsWith("CUDA is not used: ").endsWith(".");
        assertThat(report.get("gpus")).isEmpty();
        Run run = mendel("doctor");
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().filter(line -> line.contains("CUDA"))).hasSize(1);
    }
}
