package io.mendel.merge.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check of the bundle, and with it all that calls the driver: without one, and on one whose GPU is the processor. */
class GpuCheckTest {

    private static final Path DRIVER = Path.of("src/test/cuda/driver.cc");

    @TempDir
    private Path folder;

    private record Run(int code, JsonNode report) {}

    private Run check(Path driver, String... options) throws Exception {
        Path out = folder.resolve("out.json");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                GpuCheck.class.getName()));
        command.addAll(List.of(options));
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile())
                .redirectError(folder.resolve("err.txt").toFile());
        builder.environment().put("LD_LIBRARY_PATH", driver.toString());
        Process process = builder.start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), new ObjectMapper().readTree(Files.readString(out)));
    }

    private Path driver() throws Exception {
        assumeTrue(KernelLibrary.shared() != null, "there is no g++ to compile a driver with");
        File library = folder.resolve("libcuda.so.1").toFile();
        Process process = new ProcessBuilder("g++", "-std=c++17", "-O1", "-ffp-contract=off",
                "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas",
                "-Wl,-soname,libcuda.so.1", "-o", library.toString(), DRIVER.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        return folder;
    }

    @Test
    void withoutADriverItTellsTheReason() throws Exception {
        assumeTrue(CudaDriver.probe().missing() != null, "this machine has a GPU");
        Run run = check(folder);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.report().get("ok").asBoolean()).isFalse();
        assertThat(run.report().get("reason").asText()).contains("driver");
    }

    @Test
    void benchmarkRunsOnADriver() throws Exception {
        Run run = check(driver(), "--no-tests", "--small", "--elements", "65536");
        assertThat(run.code()).as("%s", run.report()).isZero();
        JsonNode report = run.report();
        assertThat(report.get("driver").asText()).isEqualTo("12.4");
        assertThat(report.get("gpus").get(0).get("name").asText()).isEqualTo("Processor");
        assertThat(report.get("methods")).hasSize(7);
        assertThat(report.get("candidate")).hasSize(6);
        report.get("methods")
                .forEach(method -> assertThat(method.get("share_of_copy").asDouble()).isPositive());
    }

    @Test
    @Tag("slow")
    void gpuTestsPassOnADriver() throws Exception {
        Run run = check(driver(), "--no-bench");
        assertThat(run.code()).as("%s", run.report()).isZero();
        assertThat(run.report().get("tests")).hasSizeGreaterThan(50);
    }
}
