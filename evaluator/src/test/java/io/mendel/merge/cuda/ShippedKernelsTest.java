package io.mendel.merge.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The PTX in the jar is what the sources say, and what an old driver takes. */
class ShippedKernelsTest {

    /** Arithmetic whose result could depend on who compiles the PTX. */
    private static final Pattern LOOSE = Pattern.compile(
            "\\b(?:fma|mad)\\.\\S*f(?:32|64)|\\b(?:add|sub|mul)\\.f(?:32|64)|\\.ftz|\\.approx|div\\.full");

    @Test
    void ptxIsCompiledFromTheseSources() throws Exception {
        Map<String, String> stated = new TreeMap<>();
        try (InputStream stream = KernelImages.class.getResourceAsStream("sources.sha256")) {
            new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .forEach(line -> stated.put(line.substring(66), line.substring(0, 64)));
        }
        Map<String, String> actual = new TreeMap<>();
        try (Stream<Path> files = Files.list(KernelLibrary.SOURCES)) {
            for (Path file : files.filter(f -> !f.toString().endsWith(".cc")).toList()) {
                actual.put(file.getFileName().toString(), HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256")
                                .digest(Files.readAllBytes(file))));
            }
        }
        assertThat(stated).as("run src/main/cuda/build.sh after a change").isEqualTo(actual);
    }

    @Test
    void ptxLoadsWithADriverForCuda12OnTuring() {
        for (String module : Kernel.MODULES) {
            assertThat(ShippedKernels.text(module)).contains(".version 8.0\n")
                    .contains(".target sm_75\n")
                    .endsWith("\0");
        }
    }

    @Test
    void everyOperationIsRoundedOnItsOwn() {
        for (String module : Kernel.MODULES) {
            assertThat(LOOSE.matcher(ShippedKernels.text(module)).results()).as(module).isEmpty();
        }
    }

    @Test
    void kernelsHaveDifferentNames() {
        assertThat(ShippedKernels.names()).doesNotHaveDuplicates().hasSizeGreaterThan(35);
    }
}
