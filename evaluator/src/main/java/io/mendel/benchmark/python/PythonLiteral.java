package io.mendel.benchmark.python;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a Python literal, as {@code ast.literal_eval}: strings, numbers, booleans, None, lists, tuples and dicts.
 *
 * @since 0.1
 */
public final class PythonLiteral {

    private final String text;
    private int at;

    private PythonLiteral(String text) {
        this.text = text;
    }

    /**
     * The value of a literal.
     *
     * @param text the whole literal
     * @return the value (tuples become lists), or empty if the text is not a literal
     */
    public static Optional<Object> parse(String text) {
        var reader = new PythonLiteral(text);
        try {
            Object value = reader.value();
            reader.skipSpace();
            return reader.at == text.length() ? Optional.of(value) : Optional.empty();
        } catch (NotALiteral _) {
            return Optional.empty();
        }
    }

    private Object value() throws NotALiteral {
        skipSpace();
        char c = peek();
        if (c == '[') {
            return sequence(']');
        }
        if (c == '(') {
            return sequence(')');
        }
        if (c == '{') {
            return map();
        }
        if (c == '\'' || c == '"') {
            return string();
        }
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at))
                || "+-._".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        return word(text.substring(start, at));
    }

    private static Object word(String word) throws NotALiteral {
        return switch (word) {
            case "None" -> None.NONE;
            case "True" -> true;
            case "False" -> false;
            default -> number(word);
        };
    }

    private static Object number(String word) throws NotALiteral {
        if (word.matches("[+-]?[0-9]+")) {
            try {
                return Long.valueOf(word);
            } catch (NumberFormatException _) {
                throw new NotALiteral();
            }
        }
        if (!word.matches("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?")) {
            throw new NotALiteral();
        }
        return Double.valueOf(word);
    }

    private List<Object> sequence(char close) throws NotALiteral {
        at++;
        var values = new ArrayList<Object>();
        while (true) {
            skipSpace();
            if (peek() == close) {
                at++;
                return values;
            }
            values.add(value());
            comma(close);
        }
    }

    private Map<Object, Object> map() throws NotALiteral {
        at++;
        var values = new LinkedHashMap<Object, Object>();
        while (true) {
            skipSpace();
            if (peek() == '}') {
                at++;
                return values;
            }
            Object key = value();
            skipSpace();
            expect(':');
            values.put(key, value());
            comma('}');
        }
    }

    private void comma(char close) throws NotALiteral {
        skipSpace();
        if (peek() != close) {
            expect(',');
        }
    }

    private String string() throws NotALiteral {
        char quote = text.charAt(at++);
        int start = at;
        while (peek() != quote) {
            if (peek() == '\n') {
                throw new NotALiteral();
            }
            at += peek() == '\\' ? 2 : 1;
        }
        return unescape(text.substring(start, at++));
    }

    /** Resolves the escapes of a string literal; an unknown escape keeps its backslash. */
    public static String unescape(String body) {
        var out = new StringBuilder();
        for (int i = 0; i < body.length(); i++) {
            char c = body.charAt(i);
            if (c != '\\' || i + 1 == body.length()) {
                out.append(c);
                continue;
            }
            char escaped = body.charAt(++i);
            int digits = switch (escaped) {
                case 'x' -> 2;
                case 'u' -> 4;
                case 'U' -> 8;
                default -> 0;
            };
            if (digits > 0 && i + digits < body.length()
                    && body.substring(i + 1, i + 1 + digits).matches("[0-9a-fA-F]+")) {
                out.appendCodePoint(Integer.parseInt(body.substring(i + 1, i + 1 + digits), 16));
                i += digits;
                continue;
            }
            switch (escaped) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'v' -> out.append('\u000b');
                case 'a' -> out.append('\u0007');
                case '0' -> out.append('\0');
                case '\\', '\'', '"' -> out.append(escaped);
                case '\n' -> {
                }
                default -> out.append('\\').append(escaped);
            }
        }
        return out.toString();
    }

    private char peek() throws NotALiteral {
        if (at >= text.length()) {
            throw new NotALiteral();
        }
        return text.charAt(at);
    }

    private void expect(char c) throws NotALiteral {
        if (peek() != c) {
            throw new NotALiteral();
        }
        at++;
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private static final class NotALiteral extends Exception {
        NotALiteral() {
            super(null, null, false, false);
        }
    }
}
