package io.mendel.cli;

import io.mendel.merge.MergeKernels;
import io.mendel.runtime.InferenceEngine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mendel doctor}: what this machine offers and which engines would be chosen. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Shows what this machine offers and which engines would be chosen.")
final class DoctorCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    DoctorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Runtime runtime = Runtime.getRuntime();
        var report = JsonOutput.object()
                .put("java", System.getProperty("java.vm.name") + " " + Runtime.version())
                .put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
                .put("cores", runtime.availableProcessors())
                .put("max_heap_mib", runtime.maxMemory() >> 20)
                .put("merge_kernels", MergeKernels.preferred().name())
                .put("onnx_runtime", InferenceEngine.runtimeVersion())
                .put("gpu", "not used: this version has no CUDA engine");
        if (json) {
            JsonOutput.print(terminal, report);
        } else {
            report.properties()
                    .forEach(entry -> terminal.out()
                            .printf("%-20s %s%n", entry.getKey(),
                                    entry.getValue().asText()));
        }
        return ExitCode.DONE;
    }
}
