package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MergeMethodsTest {

    @Test
    void allMethodsOfMergekitAreThere() {
        assertThat(MergeMethods.all()).extracting(MergeMethod::name)
                .contains("linear", "slerp", "nuslerp", "passthrough",
                        "model_stock", "arcee_fusion", "karcher", "task_arithmetic", "ties",
                        "dare_ties", "dare_linear", "breadcrumbs", "breadcrumbs_ties", "della",
                        "della_linear", "multislerp", "nearswap", "ram", "ramplus_tl", "sce");
        for (MergeMethod method : MergeMethods.all()) {
            assertThat(MergeMethods.named(method.name())).contains(method);
        }
    }

    @Test
    void defaultsAreThoseOfMergekit() {
        for (String method : List.of("ties", "della")) {
            assertThat(standard(method, "normalize")).isEqualTo(1);
        }
        for (String method : List.of("task_arithmetic", "dare_linear", "dare_ties", "breadcrumbs",
                "breadcrumbs_ties", "della_linear")) {
            assertThat(standard(method, "normalize")).as(method).isZero();
        }
        for (String method : List.of("dare_linear", "dare_ties", "della", "della_linear")) {
            assertThat(standard(method, "rescale")).as(method).isEqualTo(1);
        }
        for (String method : List.of("task_arithmetic", "ties", "breadcrumbs",
                "breadcrumbs_ties")) {
            assertThat(standard(method, "rescale")).as(method).isZero();
        }
        assertThat(standard("breadcrumbs", "gamma")).isEqualTo(0.01);
        assertThat(standard("della", "epsilon")).isEqualTo(0.15);
        assertThat(standard("karcher", "max_iter")).isEqualTo(10);
        assertThat(standard("karcher", "tol")).isEqualTo(1e-5);
        assertThat(standard("multislerp", "eps")).isEqualTo(1e-8);
        assertThat(standard("nuslerp", "nuslerp_flatten")).isEqualTo(1);
        assertThat(standard("ram", "epsilon")).isEqualTo(1e-5);
        assertThat(standard("ramplus_tl", "r")).isEqualTo(0.1);
        assertThat(standard("ramplus_tl", "alpha")).isEqualTo(0.2);
        assertThat(standard("sce", "select_topk")).isEqualTo(1);
    }

    @Test
    void defaultsLieInTheirRanges() {
        for (MergeMethod method : MergeMethods.all()) {
            for (MergeMethod.Parameter parameter : method.parameters()) {
                Double value = parameter.defaultValue();
                if (value != null) {
                    assertThat(value).as("%s.%s", method.name(), parameter.name())
                            .isBetween(parameter.min(), parameter.max());
                }
            }
        }
    }

    private static double standard(String method, String parameter) {
        Double value = MergeMethods.named(method)
                .orElseThrow()
                .parameter(parameter)
                .orElseThrow()
                .defaultValue();
        assertThat(value).as("%s.%s", method, parameter).isNotNull();
        return value == null ? Double.NaN : value;
    }
}
