package io.mendel.merge.cuda;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Checks and times merging on the GPU of a machine and prints one JSON document: {@code gpu-check [--elements N]
 * [--small] [--no-tests] [--no-bench]}.
 *
 * <p>
 * Exit code 0: all tests passed. 1: some failed. 2: there is no GPU that can be used.
 */
public final class GpuCheck {

    private static final List<String> TESTS = List.of("io.mendel.merge.CudaParityTest",
            "io.mendel.merge.CudaGoldenTest", "io.mendel.merge.cuda.CudaDeviceTest");
    private static final int ELEMENTS = 1 << 30;

    private GpuCheck() {}

    /** Prints the report. */
    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        // Whatever else prints must not be in the document.
        System.setOut(System.err);
        List<String> options = List.of(args);
        int number = options.indexOf("--elements");
        int elements = number < 0 ? ELEMENTS : Integer.parseInt(options.get(number + 1));
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        int code = check(report, options, elements);
        out.println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report));
        System.exit(code);
    }

    private static int check(ObjectNode report, List<String> options, int elements)
            throws DeviceMemoryException, ClassNotFoundException {
        CudaDriver driver = CudaDriver.probe();
        report.put("ok", false).put("driver", driver.version());
        ArrayNode gpus = report.putArray("gpus");
        for (Gpu gpu : driver.gpus()) {
            gpus.addObject()
                    .put("device", "cuda:" + gpu.ordinal())
                    .put("name", gpu.name())
                    .put("compute_capability", gpu.major() + "." + gpu.minor())
                    .put("memory_bytes", gpu.memoryBytes());
        }
        if (driver.missing() != null) {
            report.put("reason", driver.missing()).put("remedy", driver.remedy());
            return 2;
        }
        boolean passed = true;
        if (!options.contains("--no-tests")) {
            passed = test(report.putArray("tests"));
        }
        if (!options.contains("--no-bench")) {
            bench(report, elements, options.contains("--small"));
        }
        report.put("ok", passed);
        return passed ? 0 : 1;
    }

    private static void bench(ObjectNode report, int elements, boolean small)
            throws DeviceMemoryException {
        try (var bench = new GpuBench(CudaDevice.open(0), elements)) {
            report.putObject("copy")
                    .put("elements", bench.elements())
                    .put("gb_per_second", bench.copyRate());
            report.set("methods", bench.methods());
            try {
                report.set("candidate", bench.candidate(small
                        ? GpuBench.llama(2, 64, 160, 100)
                        : GpuBench.llama(32, 4096, 11008, 32000)));
            } catch (DeviceMemoryException e) {
                report.put("candidate", "not measured: " + e.getMessage());
            }
        }
    }

    private static boolean test(ArrayNode tests) throws ClassNotFoundException {
        var request = LauncherDiscoveryRequestBuilder.request()
                .filters(TagFilter.includeTags("gpu"));
        for (String name : TESTS) {
            request.selectors(selectClass(Class.forName(name)));
        }
        var listener = new Listener(tests);
        LauncherFactory.create().execute(request.build(), listener);
        return !tests.isEmpty() && listener.passed;
    }

    /** Notes results; a test with many cases is many results. */
    private static final class Listener implements TestExecutionListener {
        private final ArrayNode tests;
        private final Map<String, Long> starts = new ConcurrentHashMap<>();
        private boolean passed = true;

        Listener(ArrayNode tests) {
            this.tests = tests;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            starts.put(test.getUniqueId(), System.nanoTime());
        }

        @Override
        public synchronized void executionFinished(TestIdentifier test,
                TestExecutionResult result) {
            boolean successful = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            if (!test.isTest() && successful) {
                return;
            }
            passed &= successful;
            ObjectNode node = tests.addObject()
                    .put("name", test.getDisplayName())
                    .put("status", result.getStatus().toString())
                    .put("seconds", (System.nanoTime()
                            - starts.getOrDefault(test.getUniqueId(), 0L)) / 1e9);
            result.getThrowable().ifPresent(e -> node.put("message", String.valueOf(e)));
        }
    }
}
