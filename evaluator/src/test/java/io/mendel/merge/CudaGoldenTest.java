package io.mendel.merge;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.merge.cuda.GpuKernels;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.Arguments;

/** Whole golden merges on the GPU of this machine. */
@Tag("gpu")
class CudaGoldenTest extends GoldenMergekitTest {

    static Stream<Arguments> cases() throws IOException {
        MergeKernels kernels = GpuKernels.shared();
        return goldenCases()
                .map(one -> Arguments.of(one.get("id").asText(), kernels.name(), one, kernels));
    }

    private static Stream<JsonNode> goldenCases() throws IOException {
        return GoldenMergekitTest.cases()
                .map(arguments -> (JsonNode) arguments.get()[2])
                .distinct();
    }
}
