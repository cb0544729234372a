package io.mendel.benchmark;

import io.mendel.benchmark.python.PythonLiteral;
import io.mendel.benchmark.python.PythonText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Question, answer and choices of a document, with the harness's conversions.
 *
 * @param text {@code doc_to_text}
 * @param target {@code doc_to_target}
 * @param choice {@code doc_to_choice}
 * @param digitsAreIndices whether a question or answer of digits is an index, because the task has choices
 */
record DocReader(DocField text, DocField target, @Nullable DocField choice,
        boolean digitsAreIndices) {

    /** The question as text, or the index of the right choice in a task with several inputs. */
    Object text(Doc doc) throws TaskException {
        Object value = text.of(doc);
        if (text.source() instanceof DocField.Source.Rendered) {
            return index((String) value);
        }
        return value instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : value;
    }

    /** The answer: text, an index, or a list. */
    Object target(Doc doc) throws TaskException {
        Object value = target.of(doc);
        if (!(target.source() instanceof DocField.Source.Rendered)) {
            return value instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : value;
        }
        String rendered = (String) value;
        if (rendered.length() >= 2 && rendered.startsWith("[") && rendered.endsWith("]")) {
            return PythonLiteral.parse(rendered).orElse(rendered);
        }
        return index(rendered);
    }

    private Object index(String rendered) {
        return digitsAreIndices && PythonText.isDigits(rendered) && rendered.length() < 10
                ? (Object) Long.valueOf(rendered)
                : rendered;
    }

    /** The choices; empty if the task has none. */
    List<String> choices(Doc doc) throws TaskException {
        if (choice == null) {
            return List.of();
        }
        Object value = choice.valueOf(doc);
        if (value instanceof String literal) {
            value = PythonLiteral.parse(literal).orElse(value);
        }
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw choice.wrong(doc, value, "a list of choices");
        }
        var choices = new ArrayList<String>();
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw choice.wrong(doc, value, "a list of texts");
            }
            choices.add(text);
        }
        return choices;
    }
}
