package io.mendel.cli;

import io.mendel.merge.MergeKernels;
import io.mendel.merge.cuda.Gpu;
import io.mendel.merge.cuda.MergeDevice;
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
                .put("onnx_runtime", InferenceEngine.runtimeVersion());
        MergeDevice.Offer offer = MergeDevice.offer();
        report.put("merge_engine", offer.engine());
        report.put("cuda_driver", offer.driver());
        if (offer.reason() != null) {
            report.put("gpu", offer.reason());
        }
        if (json) {
            var gpus = report.putArray("gpus");
            for (Gpu gpu : offer.gpus()) {
                gpus.addObject()
                        .put("device", "cuda:" + gpu.ordinal())
                        .put("name", gpu.name())
                        .put("compute_capability", gpu.major() + "." + gpu.minor())
                        .put("memory_mib", gpu.memoryBytes() >> 20);
            }
            JsonOutput.print(terminal, report);
        } else {
            for (Gpu gpu : offer.gpus()) {
                report.put("cuda:" + gpu.ordinal(),
                        "%s, compute capability %d.%d, %d MiB".formatted(gpu.name(), gpu.major(),
                                gpu.minor(), gpu.memoryBytes() >> 20));
            }
            if (offer.driver() == null) {
                report.remove("cuda_driver");
            }
            report.properties()
                    .forEach(entry -> terminal.out()
                            .printf("%-20s %s%n", entry.getKey(),
                                    entry.getValue().asText()));
        }
        return ExitCode.DONE;
    }
}
