package io.mendel.benchmark.template;

/**
 * A piece of a template.
 *
 * @param kind what it is
 * @param text its text; for a string its value
 * @param offset where it starts in the source
 */
record Token(Kind kind, String text, int offset) {

    enum Kind {
        DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR, END
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }
}
