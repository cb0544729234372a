package io.mendel.benchmark.template;

import io.mendel.benchmark.python.None;
import io.mendel.benchmark.python.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The methods of Python's text, lists and dictionaries that templates call. */
final class Methods {

    private static final Set<String> TEXT = Set.of("strip", "lstrip", "rstrip", "split", "rsplit",
            "splitlines", "index", "find",
            "lower", "upper", "replace", "startswith", "endswith", "capitalize", "title", "count",
            "join", "isdigit");
    private static final Set<String> LIST = Set.of("index", "count");
    private static final Set<String> MAP = Set.of("keys", "values", "items", "get");

    private Methods() {}

    static boolean exists(Object target, String name) {
        return switch (target) {
            case String _ -> TEXT.contains(name);
            case List<?> _ -> LIST.contains(name);
            case Map<?, ?> _ -> MAP.contains(name);
            default -> false;
        };
    }

    static Object call(Method method, List<Object> arguments, int offset) throws TemplateException {
        return switch (method.target()) {
            case String text ->
                text(text, method.name(), new Parameters(method.name(), arguments, offset));
            case List<?> list ->
                list(list, method.name(), new Parameters(method.name(), arguments, offset));
            case Map<?, ?> map ->
                map(map, method.name(), new Parameters(method.name(), arguments, offset));
            default -> throw new TemplateException(
                    "The value " + method.target() + " has no methods.", offset);
        };
    }

    private static Object text(String text, String name, Parameters p) throws TemplateException {
        return switch (name) {
            case "strip" -> strip(text, p, true, true);
            case "lstrip" -> strip(text, p, true, false);
            case "rstrip" -> strip(text, p, false, true);
            case "split" -> split(text, p, false);
            case "rsplit" -> split(text, p, true);
            case "splitlines" ->
                text.isEmpty() ? List.of() : new ArrayList<Object>(text.lines().toList());
            case "find" -> find(text, p.text(0));
            case "index" -> {
                long found = find(text, p.text(0));
                if (found < 0) {
                    throw p.failure("found no " + PythonText.repr(p.text(0)));
                }
                yield found;
            }
            case "lower" -> PythonText.lower(text);
            case "upper" -> PythonText.upper(text);
            case "replace" -> replace(text, p.text(0), p.text(1), p.integer(2, -1));
            case "startswith" -> affix(p, 0, true, text);
            case "endswith" -> affix(p, 0, false, text);
            case "capitalize" -> PythonText.capitalize(text);
            case "title" -> title(text);
            case "count" -> (long) count(text, p.text(0));
            case "join" -> join(text, p.list(0));
            default -> PythonText.isDigits(text);
        };
    }

    private static boolean affix(Parameters p, int index, boolean start, String text)
            throws TemplateException {
        List<Object> affixes = p.value(index) instanceof List<?> list
                ? new ArrayList<>(list)
                : List.of(p.text(index));
        return affixes.stream()
                .map(Object::toString)
                .anyMatch(a -> start ? text.startsWith(a) : text.endsWith(a));
    }

    private static Object list(List<?> list, String name, Parameters p) throws TemplateException {
        if (name.equals("count")) {
            Object wanted = p.value(0);
            return list.stream().filter(element -> Operations.equal(element, wanted)).count();
        }
        for (int i = 0; i < list.size(); i++) {
            if (Operations.equal(list.get(i), p.value(0))) {
                return (long) i;
            }
        }
        throw p.failure("found no " + PythonText.repr(p.value(0)) + " in " + PythonText.repr(list));
    }

    private static Object map(Map<?, ?> map, String name, Parameters p) throws TemplateException {
        return switch (name) {
            case "keys" -> new ArrayList<Object>(map.keySet());
            case "values" -> new ArrayList<Object>(map.values());
            case "items" -> {
                var items = new ArrayList<Object>();
                map.forEach((key, value) -> items.add(List.<Object>of(key, value)));
                yield items;
            }
            default -> {
                Object found = map.get(p.value(0));
                yield found != null ? found : p.size() > 1 ? p.value(1) : None.NONE;
            }
        };
    }

    static String strip(String text, Parameters p, boolean start, boolean end)
            throws TemplateException {
        if (p.size() == 0 || p.value(0) == None.NONE) {
            String stripped = start ? PythonText.stripStart(text) : text;
            return end ? PythonText.stripEnd(stripped) : stripped;
        }
        String characters = p.text(0);
        int from = 0;
        int to = text.length();
        while (start && from < to && characters.indexOf(text.codePointAt(from)) >= 0) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (end && to > from && characters.indexOf(text.codePointBefore(to)) >= 0) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    private static List<Object> split(String text, Parameters p, boolean fromEnd)
            throws TemplateException {
        long limit = p.integer(1, -1);
        if (p.size() == 0 || p.value(0) == None.NONE) {
            return words(text, limit, p);
        }
        String separator = p.text(0);
        if (separator.isEmpty()) {
            throw p.failure("needs a separator that is not empty");
        }
        var pieces = new ArrayList<Object>();
        String rest = text;
        while (limit < 0 || pieces.size() < limit) {
            int at = fromEnd ? rest.lastIndexOf(separator) : rest.indexOf(separator);
            if (at < 0) {
                break;
            }
            if (fromEnd) {
                pieces.addFirst(rest.substring(at + separator.length()));
                rest = rest.substring(0, at);
            } else {
                pieces.add(rest.substring(0, at));
                rest = rest.substring(at + separator.length());
            }
        }
        if (fromEnd) {
            pieces.addFirst(rest);
        } else {
            pieces.add(rest);
        }
        return pieces;
    }

    private static List<Object> words(String text, long limit, Parameters p)
            throws TemplateException {
        if (limit >= 0) {
            throw p.failure("needs a separator when the number of splits is limited");
        }
        var words = new ArrayList<Object>();
        var word = new StringBuilder();
        for (int c : text.codePoints().toArray()) {
            if (!PythonText.isSpace(c)) {
                word.appendCodePoint(c);
            } else if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    private static long find(String text, String part) {
        int at = text.indexOf(part);
        return at < 0 ? -1 : text.codePointCount(0, at);
    }

    static String replace(String text, String old, String replacement, long count) {
        if (count < 0) {
            return text.replace(old, replacement);
        }
        var out = new StringBuilder();
        int from = 0;
        for (long done = 0; done < count && from <= text.length(); done++) {
            int at = text.indexOf(old, from);
            if (at < 0) {
                break;
            }
            out.append(text, from, at).append(replacement);
            from = at + old.length();
            if (old.isEmpty()) {
                out.append(text, at, Math.min(at + 1, text.length()));
                from++;
            }
        }
        return from >= text.length() ? out.toString() : out.append(text.substring(from)).toString();
    }

    private static int count(String text, String part) {
        if (part.isEmpty()) {
            return PythonText.length(text) + 1;
        }
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    static String title(String text) {
        var out = new StringBuilder();
        boolean inWord = false;
        for (int c : text.codePoints().toArray()) {
            out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = Character.isLetter(c);
        }
        return out.toString();
    }

    private static String join(String separator, List<Object> parts) {
        return String.join(separator, parts.stream().map(PythonText::str).toList());
    }
}
