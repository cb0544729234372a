package io.mendel.benchmark.python;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * Text as Python sees it: code points, Unicode white space, {@code str()} and {@code repr()}.
 *
 * <p>
 * Values are {@link None}, {@link Boolean}, {@link Long}, {@link java.math.BigInteger}, {@link Double}, {@link String},
 * {@link List} and {@link Map}.
 *
 * @since 0.1
 */
public final class PythonText {

    private PythonText() {}

    /** Whether {@code str.isspace} holds for this code point; unlike Java's it includes U+00A0, U+0085, U+001C–1F. */
    public static boolean isSpace(int codePoint) {
        return switch (codePoint) {
            case ' ', '\t', '\n', 0x0b, '\f', '\r', 0x1c, 0x1d, 0x1e, 0x1f, 0x85, 0xa0, 0x1680,
                    0x2028, 0x2029, 0x202f,
                    0x205f, 0x3000 ->
                true;
            default -> codePoint >= 0x2000 && codePoint <= 0x200a;
        };
    }

    /** The text without white space at its end. */
    public static String stripEnd(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(0, end);
    }

    /** The text without white space at its start. */
    public static String stripStart(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    /** The text without white space at both ends. */
    public static String strip(String text) {
        return stripStart(stripEnd(text));
    }

    /** Whether the text is not empty and ASCII digits only. */
    public static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Number of code points, Python's {@code len}. */
    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The first character as upper case and the rest as lower case, as {@code str.capitalize}. */
    public static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.codePointAt(0));
        return Character.toString(Character.toTitleCase(text.codePointAt(0)))
                + lower(text.substring(first));
    }

    /** Lower case, independent of the locale. */
    public static String lower(String text) {
        return text.toLowerCase(java.util.Locale.ROOT);
    }

    /** Upper case, independent of the locale. */
    public static String upper(String text) {
        return text.toUpperCase(java.util.Locale.ROOT);
    }

    /** What {@code str(value)} prints. */
    public static String str(Object value) {
        return value instanceof String text ? text : repr(value);
    }

    /** What {@code repr(value)} prints. */
    public static String repr(Object value) {
        var out = new StringBuilder();
        repr(value, out);
        return out.toString();
    }

    private static void repr(Object value, StringBuilder out) {
        switch (value) {
            case String text -> quote(text, out);
            case Boolean bool -> out.append(bool ? "True" : "False");
            case Double number -> out.append(floatText(number));
            case List<?> list -> {
                out.append('[');
                String comma = "";
                for (Object element : list) {
                    out.append(comma);
                    repr(element, out);
                    comma = ", ";
                }
                out.append(']');
            }
            case Map<?, ?> map -> {
                out.append('{');
                String comma = "";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.append(comma);
                    repr(entry.getKey(), out);
                    out.append(": ");
                    repr(entry.getValue(), out);
                    comma = ", ";
                }
                out.append('}');
            }
            default -> out.append(value);
        }
    }

    private static void quote(String text, StringBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else if (c <= 0xff) {
                        out.append("\\x%02x".formatted(c));
                    } else if (c <= 0xffff) {
                        out.append("\\u%04x".formatted(c));
                    } else {
                        out.append("\\U%08x".formatted(c));
                    }
                }
            }
        });
        out.append(quote);
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
    }

    /** The shortest decimal that reads back as the same number, with an exponent where Python uses one. */
    private static String floatText(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        String digits = decimal.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - decimal.scale();
        String sign = number < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String mantissa = digits.length() == 1
                    ? digits
                    : digits.charAt(0) + "." + digits.substring(1);
            return "%s%se%s%02d".formatted(sign, mantissa, exponent < 0 ? "-" : "+",
                    Math.abs(exponent));
        }
        String plain = decimal.abs().toPlainString();
        return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
    }
}
