package io.mendel.benchmark.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonLiteralTest {

    @Test
    void literalsAreRead() {
        assertThat(PythonLiteral.parse(
                " ['a', \"b's\", 'c\\'\\n\\u00e9', -1, 2.5e1, True, None, (1,), {'k': []}] "))
                .contains(
                        List.of("a", "b's", "c'\né", -1L, 25.0, true, None.NONE, List.of(1L),
                                Map.of("k", List.of())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[", "['a]", "[1 2]", "x", "1 + 1", "[a]", "{1}",
        "__import__('os')", "1d", "'a' 'b'x"})
    void anythingElseIsNotALiteral(String text) {
        assertThat(PythonLiteral.parse(text)).isEmpty();
    }
}
