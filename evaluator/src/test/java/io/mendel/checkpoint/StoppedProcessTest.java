package io.mendel.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process leaves that is told to stop while it writes a model. */
class StoppedProcessTest {

    @TempDir
    private Path folder;

    /** Writes one of two tensors, says so, and waits. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws Exception {
            var infos = List.of(new TensorInfo("a", DType.F32, List.of(4L)),
                    new TensorInfo("b", DType.F32, List.of(4L)));
            try (var arena = java.lang.foreign.Arena.ofConfined();
                    var writer = CheckpointWriter.create(Path.of(args[0]), infos,
                            Long.MAX_VALUE)) {
                writer.write("a", arena.allocate(16));
                System.out.println("ready");
                Thread.sleep(TimeUnit.MINUTES.toMillis(5));
            }
        }
    }

    @Test
    void nothingUnfinishedIsLeft() throws Exception {
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), Writer.class.getName(),
                folder.resolve("new/out").toString())
                .redirectErrorStream(true)
                .start();
        try (var output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ready");
            assertThat(folder.resolve("new")).isNotEmptyDirectory();
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isNotZero();
            try (var files = Files.list(folder)) {
                assertThat(files).isEmpty();
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
