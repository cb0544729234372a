package io.mendel.benchmark.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;

/** Expected results: CPython 3.11.7, module re, worked out by hand. */
class PythonRegexTest {

    @Test
    void findAllGivesWholeMatchesOrGroups() {
        assertThat(PythonRegex.compile("[0-9]+").findAll("a1b22")).containsExactly(List.of("1"),
                List.of("22"));
        assertThat(PythonRegex.compile("(a)|(b)").findAll("ab")).containsExactly(List.of("a", ""),
                List.of("", "b"));
    }

    @Test
    void classesAreUnicode() {
        assertThat(PythonRegex.compile("\\d").findAll("٣")).hasSize(1);
        assertThat(PythonRegex.compile("\\w+").findAll("日本")).containsExactly(List.of("日本"));
    }

    @Test
    void namedGroupsMayHaveUnderscores() {
        assertThat(PythonRegex.compile("(?P<a_b>x)(?P=a_b)").replace("xx", "<\\g<a_b>>", 0))
                .isEqualTo("<x>");
    }

    @Test
    void bracketsAndAmpersandsInClassesAreLiteral() {
        assertThat(PythonRegex.compile("[[&&]+").findAll("a[&&b")).containsExactly(List.of("[&&"));
        assertThat(PythonRegex.compile("[]a]+").findAll("]a")).containsExactly(List.of("]a"));
        assertThat(PythonRegex.compile("[^]]+").findAll("]a")).containsExactly(List.of("a"));
    }

    @Test
    void replaceKnowsGroupsAndCounts() {
        assertThat(PythonRegex.compile("(\\w)(\\w)").replace("abcd", "\\2\\1", 1))
                .isEqualTo("bacd");
        assertThat(PythonRegex.compile("a").replace("aa", "$1\\n", 0)).isEqualTo("$1\n$1\n");
    }

    @Test
    void splitKeepsEmptyPieces() {
        assertThat(PythonRegex.compile("\\s+").split(" a  b ")).containsExactly("", "a", "b", "");
    }

    @Test
    void endOfTextMeansTheVeryEnd() {
        assertThat(PythonRegex.compile("a\\Z").findAll("a\n")).isEmpty();
        assertThat(PythonRegex.compile("a$").findAll("a\n")).hasSize(1);
    }

    @Test
    void brokenPatternsAreRefused() {
        assertThatThrownBy(() -> PythonRegex.compile("("))
                .isInstanceOf(PatternSyntaxException.class);
    }
}
