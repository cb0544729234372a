package io.mendel.benchmark.template;

import io.mendel.benchmark.python.None;
import io.mendel.benchmark.python.PythonText;
import java.util.List;

/**
 * Evaluated arguments of a method or filter, with the checks they need.
 *
 * @param name what is called
 * @param values the arguments by position
 * @param offset where the call stands
 */
record Parameters(String name, List<Object> values, int offset) {

    int size() {
        return values.size();
    }

    Object value(int index) throws TemplateException {
        if (index >= values.size()) {
            throw failure("needs an argument number " + (index + 1));
        }
        return values.get(index);
    }

    String text(int index) throws TemplateException {
        if (!(value(index) instanceof String text)) {
            throw failure("needs text, not " + PythonText.repr(value(index)));
        }
        return text;
    }

    String text(int index, String absent) throws TemplateException {
        return index < size() ? text(index) : absent;
    }

    long integer(int index, long absent) throws TemplateException {
        if (index >= size() || value(index) == None.NONE) {
            return absent;
        }
        if (!(value(index) instanceof Long number)) {
            throw failure("needs an integer, not " + PythonText.repr(value(index)));
        }
        return number;
    }

    List<Object> list(int index) throws TemplateException {
        return Operations.elements(value(index), offset);
    }

    TemplateException failure(String problem) {
        return new TemplateException("The call (" + name + ") " + problem + ".", offset);
    }
}
