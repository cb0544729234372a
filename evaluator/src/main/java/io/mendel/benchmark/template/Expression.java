package io.mendel.benchmark.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something with a value; {@code offset} is where it stands in the source. */
sealed interface Expression {

    int offset();

    record Literal(Object value, int offset) implements Expression {}

    record Sequence(List<Expression> elements, int offset) implements Expression {}

    record Dictionary(List<Map.Entry<Expression, Expression>> entries,
            int offset) implements Expression {}

    record Name(String name, int offset) implements Expression {}

    record Attribute(Expression target, String name, int offset) implements Expression {}

    record Index(Expression target, Expression index, int offset) implements Expression {}

    record Slice(Expression target, @Nullable Expression from, @Nullable Expression to,
            @Nullable Expression step,
            int offset) implements Expression {}

    record Call(Expression target, Arguments arguments, int offset) implements Expression {}

    record Filter(Expression input, String name, Arguments arguments,
            int offset) implements Expression {}

    record Test(Expression input, String name, List<Expression> arguments, boolean negated,
            int offset)
            implements
                Expression {}

    record Negative(Expression operand, int offset) implements Expression {}

    record Not(Expression operand, int offset) implements Expression {}

    record Arithmetic(String operator, Expression left, Expression right,
            int offset) implements Expression {}

    record Concatenation(List<Expression> parts, int offset) implements Expression {}

    /** {@code first op1 x1 op2 x2 …}, true if every neighbouring pair compares. */
    record Comparison(Expression first, List<String> operators, List<Expression> others, int offset)
            implements
                Expression {}

    record And(Expression left, Expression right, int offset) implements Expression {}

    record Or(Expression left, Expression right, int offset) implements Expression {}

    record Conditional(Expression condition, Expression yes, @Nullable Expression no, int offset)
            implements
                Expression {}

    /** Arguments of a call, by position and by name. */
    record Arguments(List<Expression> positional, Map<String, Expression> named) {}
}
