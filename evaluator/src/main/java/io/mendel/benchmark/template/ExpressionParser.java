package io.mendel.benchmark.template;

import io.mendel.benchmark.python.None;
import io.mendel.benchmark.template.Expression.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Expressions by recursive descent, in Jinja2's order of precedence. */
class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final int MAX_DEPTH = 200;

    private final List<Token> tokens;
    private int at;
    private int depth;

    ExpressionParser(List<Token> tokens) {
        this.tokens = tokens;
    }

    final Token peek() {
        return tokens.get(at);
    }

    final Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    final boolean skipOperator(String operator) {
        boolean found = peek().isOperator(operator);
        if (found) {
            at++;
        }
        return found;
    }

    final boolean skipName(String name) {
        boolean found = peek().isName(name);
        if (found) {
            at++;
        }
        return found;
    }

    final void expectOperator(String operator) throws TemplateException {
        if (!skipOperator(operator)) {
            throw unexpected(operator);
        }
    }

    final String expectName() throws TemplateException {
        if (peek().kind() != Token.Kind.NAME) {
            throw unexpected("a name");
        }
        return next().text();
    }

    final TemplateException unexpected(String wanted) {
        Token token = peek();
        String found = token.kind() == Token.Kind.END
                ? "the end of the template"
                : "(" + token.text() + ")";
        return new TemplateException("Expected " + wanted + ", found " + found + ".",
                token.offset());
    }

    /** A value, or several with commas between them, which make a tuple. */
    final Expression tuple() throws TemplateException {
        Expression first = expression();
        if (!peek().isOperator(",")) {
            return first;
        }
        var elements = new ArrayList<Expression>(List.of(first));
        while (skipOperator(",")) {
            if (endsTuple()) {
                break;
            }
            elements.add(expression());
        }
        return new Expression.Sequence(elements, first.offset());
    }

    private boolean endsTuple() {
        return switch (peek().kind()) {
            case PRINT_END, BLOCK_END, END -> true;
            default -> peek().isOperator(")");
        };
    }

    final Expression expression() throws TemplateException {
        if (++depth > MAX_DEPTH) {
            throw new TemplateException(
                    "Expressions must not be nested deeper than " + MAX_DEPTH + ".",
                    peek().offset());
        }
        Expression value = disjunction();
        while (peek().isName("if")) {
            int offset = next().offset();
            Expression condition = disjunction();
            Expression no = skipName("else") ? expression() : null;
            value = new Expression.Conditional(condition, value, no, offset);
        }
        depth--;
        return value;
    }

    final Expression disjunction() throws TemplateException {
        Expression left = conjunction();
        while (peek().isName("or")) {
            int offset = next().offset();
            left = new Expression.Or(left, conjunction(), offset);
        }
        return left;
    }

    private Expression conjunction() throws TemplateException {
        Expression left = negation();
        while (peek().isName("and")) {
            int offset = next().offset();
            left = new Expression.And(left, negation(), offset);
        }
        return left;
    }

    private Expression negation() throws TemplateException {
        int negations = 0;
        int offset = peek().offset();
        while (skipName("not")) {
            negations++;
        }
        Expression value = comparison();
        for (int i = 0; i < negations; i++) {
            value = new Expression.Not(value, offset);
        }
        return value;
    }

    private Expression comparison() throws TemplateException {
        Expression first = sum();
        var operators = new ArrayList<String>();
        var others = new ArrayList<Expression>();
        while (true) {
            if (peek().kind() == Token.Kind.OPERATOR && COMPARISONS.contains(peek().text())) {
                operators.add(next().text());
            } else if (peek().isName("in")) {
                next();
                operators.add("in");
            } else if (peek().isName("not") && tokens.get(at + 1).isName("in")) {
                at += 2;
                operators.add("not in");
            } else {
                return operators.isEmpty()
                        ? first
                        : new Expression.Comparison(first, operators, others, first.offset());
            }
            others.add(sum());
        }
    }

    private Expression sum() throws TemplateException {
        Expression left = concatenation();
        while (peek().isOperator("+") || peek().isOperator("-")) {
            Token operator = next();
            left = new Expression.Arithmetic(operator.text(), left, concatenation(),
                    operator.offset());
        }
        return left;
    }

    private Expression concatenation() throws TemplateException {
        Expression first = product();
        if (!peek().isOperator("~")) {
            return first;
        }
        var parts = new ArrayList<Expression>(List.of(first));
        while (skipOperator("~")) {
            parts.add(product());
        }
        return new Expression.Concatenation(parts, first.offset());
    }

    private Expression product() throws TemplateException {
        Expression left = unary(true);
        while (peek().isOperator("*") || peek().isOperator("/") || peek().isOperator("//")
                || peek().isOperator("%")) {
            Token operator = next();
            left = new Expression.Arithmetic(operator.text(), left, unary(true), operator.offset());
        }
        return left;
    }

    private Expression unary(boolean filters) throws TemplateException {
        Expression value;
        int offset = peek().offset();
        if (skipOperator("-")) {
            value = new Expression.Negative(unary(false), offset);
        } else if (skipOperator("+")) {
            value = unary(false);
        } else {
            value = primary();
        }
        value = postfix(value);
        value = filters ? filtered(value) : value;
        if (peek().isOperator("**")) {
            Token operator = next();
            value = new Expression.Arithmetic("**", value, unary(true), operator.offset());
        }
        return value;
    }

    private Expression primary() throws TemplateException {
        return switch (peek().kind()) {
            case NAME -> name(next());
            case STRING -> {
                int offset = peek().offset();
                var text = new StringBuilder();
                while (peek().kind() == Token.Kind.STRING) {
                    text.append(next().text());
                }
                yield new Expression.Literal(text.toString(), offset);
            }
            case INTEGER, FLOAT -> number(next());
            default -> bracketed(peek().offset());
        };
    }

    private static Expression name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expression.Literal(true, token.offset());
            case "false", "False" -> new Expression.Literal(false, token.offset());
            case "none", "None" -> new Expression.Literal(None.NONE, token.offset());
            default -> new Expression.Name(token.text(), token.offset());
        };
    }

    private Expression bracketed(int offset) throws TemplateException {
        if (skipOperator("[")) {
            return new Expression.Sequence(elements("]"), offset);
        }
        if (skipOperator("{")) {
            return dictionary(offset);
        }
        if (!skipOperator("(")) {
            throw unexpected("a value");
        }
        Expression value = peek().isOperator(")")
                ? new Expression.Sequence(List.of(), offset)
                : tuple();
        expectOperator(")");
        return value;
    }

    private static Expression number(Token token) throws TemplateException {
        try {
            return new Expression.Literal(token.kind() == Token.Kind.INTEGER
                    ? (Object) Long.valueOf(token.text())
                    : (Object) Double.valueOf(token.text()), token.offset());
        } catch (NumberFormatException _) {
            throw new TemplateException("The number (" + token.text() + ") is too large.",
                    token.offset());
        }
    }

    private List<Expression> elements(String close) throws TemplateException {
        var elements = new ArrayList<Expression>();
        while (!skipOperator(close)) {
            if (!elements.isEmpty()) {
                expectOperator(",");
                if (skipOperator(close)) {
                    break;
                }
            }
            elements.add(expression());
        }
        return elements;
    }

    private Expression dictionary(int offset) throws TemplateException {
        var entries = new ArrayList<Map.Entry<Expression, Expression>>();
        while (!skipOperator("}")) {
            if (!entries.isEmpty()) {
                expectOperator(",");
                if (skipOperator("}")) {
                    break;
                }
            }
            Expression key = expression();
            expectOperator(":");
            entries.add(Map.entry(key, expression()));
        }
        return new Expression.Dictionary(entries, offset);
    }

    private Expression postfix(Expression start) throws TemplateException {
        Expression value = start;
        while (true) {
            int offset = peek().offset();
            if (skipOperator(".")) {
                if (peek().kind() == Token.Kind.INTEGER) {
                    value = new Expression.Index(value, number(next()), offset);
                } else {
                    value = new Expression.Attribute(value, expectName(), offset);
                }
            } else if (skipOperator("[")) {
                value = subscript(value, offset);
                expectOperator("]");
            } else if (skipOperator("(")) {
                value = new Expression.Call(value, arguments(), offset);
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression target, int offset) throws TemplateException {
        Expression from = peek().isOperator(":") ? null : expression();
        if (from != null && !peek().isOperator(":")) {
            return new Expression.Index(target, from, offset);
        }
        expectOperator(":");
        Expression to = sliceEnd();
        Expression step = skipOperator(":") ? sliceEnd() : null;
        return new Expression.Slice(target, from, to, step, offset);
    }

    private @Nullable Expression sliceEnd() throws TemplateException {
        return peek().isOperator(":") || peek().isOperator("]") ? null : expression();
    }

    private Arguments arguments() throws TemplateException {
        var positional = new ArrayList<Expression>();
        var named = new LinkedHashMap<String, Expression>();
        while (!skipOperator(")")) {
            if (!positional.isEmpty() || !named.isEmpty()) {
                expectOperator(",");
                if (skipOperator(")")) {
                    break;
                }
            }
            if (peek().kind() == Token.Kind.NAME && tokens.get(at + 1).isOperator("=")) {
                String name = expectName();
                expectOperator("=");
                named.put(name, expression());
            } else {
                positional.add(expression());
            }
        }
        return new Arguments(positional, named);
    }

    private Expression filtered(Expression start) throws TemplateException {
        Expression value = start;
        while (true) {
            int offset = peek().offset();
            if (skipOperator("|")) {
                String name = expectName();
                Arguments arguments = skipOperator("(")
                        ? arguments()
                        : new Arguments(List.of(), Map.of());
                value = postfix(new Expression.Filter(value, name, arguments, offset));
            } else if (skipName("is")) {
                boolean negated = skipName("not");
                String name = expectName();
                value = new Expression.Test(value, name, testArguments(), negated, offset);
            } else {
                return value;
            }
        }
    }

    /** Arguments of a test: in parentheses, or one bare value as in {@code is divisibleby 3}. */
    private List<Expression> testArguments() throws TemplateException {
        if (skipOperator("(")) {
            return arguments().positional();
        }
        return switch (peek().kind()) {
            case STRING, INTEGER, FLOAT -> List.of(postfix(primary()));
            case NAME -> switch (peek().text()) {
                case "else", "or", "and", "is", "if", "not", "in" -> List.of();
                default -> List.of(postfix(primary()));
            };
            default -> peek().isOperator("[") || peek().isOperator("{")
                    ? List.of(postfix(primary()))
                    : List.of();
        };
    }
}
