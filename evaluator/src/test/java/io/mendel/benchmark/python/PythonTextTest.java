package io.mendel.benchmark.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Expected texts: CPython 3.11.7, repr and str, 2026-11-23. */
class PythonTextTest {

    @Test
    void floatsPrintAsInPython() {
        assertThat(List.of(1.0, 1e16, 1e-5, 0.0001, 123456789012345.6, 1e22, -0.0, -2.5, 1e15, 0.1)
                .stream()
                .map(PythonText::repr)).containsExactly("1.0", "1e+16", "1e-05", "0.0001",
                        "123456789012345.6", "1e+22",
                        "-0.0", "-2.5", "1000000000000000.0", "0.1");
        assertThat(PythonText.repr(Double.NaN)).isEqualTo("nan");
        assertThat(PythonText.repr(Double.NEGATIVE_INFINITY)).isEqualTo("-inf");
    }

    @Test
    void containersPrintTheReprOfTheirElements() {
        assertThat(PythonText.str(List.of("a'b", "a'\"b", "é\u200b\u007f\n", None.NONE, true, 3L,
                Map.of("k", List.of(1L)))))
                .isEqualTo("[\"a'b\", 'a\\'\"b', 'é\\u200b\\x7f\\n', None, True, 3, {'k': [1]}]");
        assertThat(PythonText.str("a'b")).isEqualTo("a'b");
    }

    @Test
    void stripKnowsPythonsWhiteSpace() {
        assertThat(PythonText.strip("\u00a0\u001c\u0085 x\u200b\u3000")).isEqualTo("x\u200b");
        assertThat(PythonText.stripEnd(" a \n")).isEqualTo(" a");
        assertThat(PythonText.stripStart(" a \n")).isEqualTo("a \n");
    }

    @Test
    void lengthCountsCodePoints() {
        assertThat(PythonText.length("日本😀")).isEqualTo(3);
    }

    @Test
    void capitalizeLowersTheRest() {
        assertThat(PythonText.capitalize("hELLO World")).isEqualTo("Hello world");
        assertThat(PythonText.capitalize("")).isEmpty();
    }
}
