package io.mendel.benchmark.template;

import io.mendel.benchmark.python.None;
import io.mendel.benchmark.python.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's operators on values. */
final class Operations {

    private static final int MAX_REPEATED = 1_000_000;

    private Operations() {}

    static boolean truth(Object value) {
        return switch (value) {
            case Boolean bool -> bool;
            case None _ -> false;
            case String text -> !text.isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case Double number -> number != 0;
            case Number number -> number.longValue() != 0;
            default -> true;
        };
    }

    static boolean equal(Object left, Object right) {
        Object a = left instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : left;
        Object b = right instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : right;
        if (a instanceof Number x && b instanceof Number y && !x.getClass().equals(y.getClass())) {
            return x.doubleValue() == y.doubleValue();
        }
        if (a instanceof List<?> x && b instanceof List<?> y && x.size() == y.size()) {
            for (int i = 0; i < x.size(); i++) {
                if (!equal(x.get(i), y.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return a.equals(b);
    }

    static boolean compare(String operator, Object left, Object right, int offset)
            throws TemplateException {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=" -> !equal(left, right);
            case "in" -> contains(right, left, offset);
            case "not in" -> !contains(right, left, offset);
            default -> {
                int order = order(left, right, operator, offset);
                yield switch (operator) {
                    case "<" -> order < 0;
                    case "<=" -> order <= 0;
                    case ">" -> order > 0;
                    default -> order >= 0;
                };
            }
        };
    }

    /** Order of two numbers or two texts. */
    static int order(Object left, Object right, String operator, int offset)
            throws TemplateException {
        if (left instanceof String a && right instanceof String b) {
            int[] x = a.codePoints().toArray();
            int[] y = b.codePoints().toArray();
            return java.util.Arrays.compare(x, y);
        }
        if (isNumber(left) && isNumber(right)) {
            return left instanceof Double || right instanceof Double
                    ? Double.compare(toDouble(left), toDouble(right))
                    : Long.compare(toLong(left), toLong(right));
        }
        throw mismatch(operator, left, right, offset);
    }

    private static boolean contains(Object container, Object element, int offset)
            throws TemplateException {
        return switch (container) {
            case String text when element instanceof String part -> text.contains(part);
            case List<?> list -> list.stream().anyMatch(candidate -> equal(candidate, element));
            case Map<?, ?> map -> map.containsKey(element);
            default -> throw mismatch("in", element, container, offset);
        };
    }

    static Object arithmetic(String operator, Object left, Object right, int offset)
            throws TemplateException {
        if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            return a + b;
        }
        if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            var joined = new ArrayList<Object>(a);
            joined.addAll(b);
            return joined;
        }
        if (operator.equals("*") && left instanceof String text && right instanceof Long times) {
            if (times * text.length() > MAX_REPEATED) {
                throw new TemplateException(
                        "The repeated text must not be longer than " + MAX_REPEATED + ".", offset);
            }
            return text.repeat((int) Math.max(0, times));
        }
        if (!isNumber(left) || !isNumber(right)) {
            throw mismatch(operator, left, right, offset);
        }
        try {
            return numbers(operator, left, right);
        } catch (ArithmeticException _) {
            throw new TemplateException(
                    "The operation (" + PythonText.repr(left) + " " + operator + " "
                            + PythonText.repr(right) + ") overflows or divides by zero.",
                    offset);
        }
    }

    private static Object numbers(String operator, Object left, Object right) {
        boolean real = left instanceof Double || right instanceof Double;
        double x = toDouble(left);
        double y = toDouble(right);
        if (y == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new ArithmeticException("zero");
        }
        if (operator.equals("/")) {
            return x / y;
        }
        if (real) {
            return switch (operator) {
                case "+" -> x + y;
                case "-" -> x - y;
                case "*" -> x * y;
                case "//" -> Math.floor(x / y);
                case "%" -> x - y * Math.floor(x / y);
                default -> Math.pow(x, y);
            };
        }
        long a = toLong(left);
        long b = toLong(right);
        return switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "//" -> Math.floorDiv(a, b);
            case "%" -> Math.floorMod(a, b);
            default -> b < 0 ? (Object) Math.pow(x, y) : (Object) power(a, b);
        };
    }

    private static long power(long base, long exponent) {
        long result = 1;
        for (long i = 0; i < exponent && result != 0 && (base != 1); i++) {
            result = Math.multiplyExact(result, base);
            if (base == -1 && i > 1) {
                return exponent % 2 == 0 ? 1 : -1;
            }
        }
        return result;
    }

    static Object negate(Object value, int offset) throws TemplateException {
        return switch (value) {
            case Double number -> -number;
            case Object number when isNumber(number) -> -toLong(number);
            default -> throw new TemplateException(
                    "Only numbers can be negated, not " + PythonText.repr(value) + ".",
                    offset);
        };
    }

    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static long toLong(Object number) {
        return number instanceof Boolean bool ? (bool ? 1 : 0) : ((Number) number).longValue();
    }

    static double toDouble(Object number) {
        return number instanceof Boolean bool ? (bool ? 1 : 0) : ((Number) number).doubleValue();
    }

    static List<Object> elements(Object value, int offset) throws TemplateException {
        return switch (value) {
            case List<?> list -> new ArrayList<>(list);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text ->
                new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
            default -> throw new TemplateException(
                    "The value " + PythonText.repr(value) + " has no elements.", offset);
        };
    }

    static long length(Object value, int offset) throws TemplateException {
        return switch (value) {
            case String text -> PythonText.length(text);
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            default -> throw new TemplateException(
                    "The value " + PythonText.repr(value) + " has no length.", offset);
        };
    }

    /** {@code target[from:to:step]} on text or a list. */
    static Object slice(Object target, @Nullable Object from, @Nullable Object to,
            @Nullable Object step, int offset)
            throws TemplateException {
        if (!(target instanceof String) && !(target instanceof List<?>)) {
            throw new TemplateException(
                    "Only text and lists can be sliced, not " + PythonText.repr(target) + ".",
                    offset);
        }
        List<Object> elements = elements(target, offset);
        int n = elements.size();
        int stride = (int) bound(step, 1, offset);
        if (stride == 0) {
            throw new TemplateException("The step of a slice must not be 0.", offset);
        }
        int low = stride > 0 ? 0 : -1;
        int high = stride > 0 ? n : n - 1;
        int start = clamp(bound(from, stride > 0 ? 0 : Integer.MAX_VALUE, offset), n, low, high);
        int stop = to == null || to == None.NONE
                ? (stride > 0 ? n : -1)
                : clamp(bound(to, 0, offset), n, low, high);
        var picked = new ArrayList<Object>();
        for (long i = start; stride > 0 ? i < stop : i > stop; i += stride) {
            picked.add(elements.get((int) i));
        }
        return target instanceof String
                ? String.join("", picked.stream().map(Object::toString).toList())
                : picked;
    }

    private static long bound(@Nullable Object value, long absent, int offset)
            throws TemplateException {
        if (value == null || value == None.NONE) {
            return absent;
        }
        if (!(value instanceof Long number)) {
            throw new TemplateException(
                    "A slice needs integers, not " + PythonText.repr(value) + ".", offset);
        }
        return Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private static int clamp(long index, int n, int low, int high) {
        long absolute = index < 0 ? index + n : index;
        return (int) Math.max(low, Math.min(high, absolute));
    }

    static TemplateException mismatch(String operator, Object left, Object right, int offset) {
        return new TemplateException("The operator (" + operator + ") does not work on "
                + PythonText.repr(left) + " and "
                + PythonText.repr(right) + ".", offset);
    }
}
