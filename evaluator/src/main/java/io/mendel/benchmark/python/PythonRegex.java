package io.mendel.benchmark.python;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression in Python's dialect, run by {@code java.util.regex}.
 *
 * <p>
 * Classes such as {@code \d}, {@code \w} and {@code \s} are Unicode-aware; {@code (?P<name>…)}, {@code (?P=name)},
 * {@code \Z} and {@code $} mean what they mean in Python; a bare {@code [} or {@code &&} inside a class is literal.
 *
 * @since 0.1
 */
public final class PythonRegex {

    private final String source;
    private final Pattern pattern;

    private PythonRegex(String source, Pattern pattern) {
        this.source = source;
        this.pattern = pattern;
    }

    /**
     * Compiles a pattern.
     *
     * @param source Python syntax
     * @throws PatternSyntaxException if the pattern is not valid
     */
    public static PythonRegex compile(String source) {
        return new PythonRegex(source, Pattern.compile(translate(source),
                Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNIX_LINES));
    }

    private static String translate(String source) {
        var out = new StringBuilder();
        boolean inClass = false;
        int classStart = -1;
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '\\' && i + 1 < source.length()) {
                char escaped = source.charAt(++i);
                out.append(escaped == 'Z' && !inClass ? "\\z" : "\\" + escaped);
            } else if (inClass) {
                if (c == ']' && i > classStart) {
                    inClass = false;
                    out.append(c);
                } else if (c == '[' || c == ']' || c == '&') {
                    out.append('\\').append(c);
                } else {
                    out.append(c);
                }
            } else if (c == '[') {
                inClass = true;
                out.append(c);
                classStart = i + 1;
                if (source.startsWith("^", classStart)) {
                    out.append('^');
                    i++;
                    classStart++;
                }
            } else if (source.startsWith("(?P<", i)) {
                int end = source.indexOf('>', i);
                String name = end < 0 ? "" : source.substring(i + 4, end);
                out.append("(?<").append(javaGroup(name)).append(end < 0 ? "" : ">");
                i = end < 0 ? source.length() : end;
            } else if (source.startsWith("(?P=", i)) {
                int end = source.indexOf(')', i);
                String name = end < 0 ? "" : source.substring(i + 4, end);
                out.append("\\k<").append(javaGroup(name)).append('>');
                i = end < 0 ? source.length() : end;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** Java's group names have no underscore; {@code 0} cannot start a name, so the mapping stays injective enough. */
    private static String javaGroup(String name) {
        return name.replace("_", "0u0").replaceFirst("^0", "g0");
    }

    /** The pattern as written. */
    public String source() {
        return source;
    }

    /**
     * All matches from left to right, as {@code findall}.
     *
     * @return for each match a list: the whole match if the pattern has no group, else the text of each group, empty
     *         where it did not take part
     */
    public List<List<String>> findAll(String text) {
        var found = new ArrayList<List<String>>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            if (matcher.groupCount() == 0) {
                found.add(List.of(matcher.group()));
                continue;
            }
            var groups = new ArrayList<String>();
            for (int i = 1; i <= matcher.groupCount(); i++) {
                String group = matcher.group(i);
                groups.add(group == null ? "" : group);
            }
            found.add(groups);
        }
        return found;
    }

    /**
     * Replaces matches, as {@code re.sub}.
     *
     * @param text where to replace
     * @param replacement with {@code \1}, {@code \g<1>}, {@code \g<name>} and {@code \n} as in Python
     * @param count how many matches at most; 0 for all
     */
    public String replace(String text, String replacement, int count) {
        Matcher matcher = pattern.matcher(text);
        var out = new StringBuilder();
        int end = 0;
        for (int done = 0; (count == 0 || done < count) && matcher.find(); done++) {
            out.append(text, end, matcher.start());
            expand(matcher, replacement, out);
            end = matcher.end();
        }
        return out.append(text.substring(end)).toString();
    }

    private static void expand(Matcher matcher, String replacement, StringBuilder out) {
        for (int i = 0; i < replacement.length(); i++) {
            char c = replacement.charAt(i);
            if (c != '\\' || i + 1 == replacement.length()) {
                out.append(c);
                continue;
            }
            char escaped = replacement.charAt(++i);
            if (escaped == 'g' && replacement.startsWith("<", i + 1)
                    && replacement.indexOf('>', i) > 0) {
                int close = replacement.indexOf('>', i);
                String name = replacement.substring(i + 2, close);
                append(PythonText.isDigits(name)
                        ? matcher.group(Integer.parseInt(name))
                        : matcher.group(javaGroup(name)), out);
                i = close;
            } else if (escaped >= '1' && escaped <= '9') {
                append(matcher.group(escaped - '0'), out);
            } else {
                switch (escaped) {
                    case 'n' -> out.append('\n');
                    case 't' -> out.append('\t');
                    case 'r' -> out.append('\r');
                    default -> out.append(escaped);
                }
            }
        }
    }

    private static void append(@org.jspecify.annotations.Nullable String group, StringBuilder out) {
        if (group != null) {
            out.append(group);
        }
    }

    /** The pieces between matches, as {@code re.split} of a pattern without groups; empty pieces are kept. */
    public List<String> split(String text) {
        var pieces = new ArrayList<String>();
        Matcher matcher = pattern.matcher(text);
        int end = 0;
        while (matcher.find()) {
            pieces.add(text.substring(end, matcher.start()));
            end = matcher.end();
        }
        pieces.add(text.substring(end));
        return pieces;
    }
}
