package io.mendel.benchmark.template;

import io.mendel.benchmark.python.PythonLiteral;
import io.mendel.benchmark.python.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a template into tokens: data, and names, literals and operators inside of tags. */
final class Lexer {

    /** Bounds the recursion of parser and evaluation. */
    private static final int MAX_TAG_TOKENS = 1000;
    private static final Pattern TOKEN = Pattern
            .compile("(?<float>\\d+(?:_\\d+)*(?:\\.\\d+(?:[eE][+-]?\\d+)?|[eE][+-]?\\d+))"
                    + "|(?<int>\\d+(?:_\\d+)*)|(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)"
                    + "|(?<str>'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\")"
                    + "|(?<op>//|\\*\\*|==|!=|<=|>=|[-+/*%~\\[\\](){}<>=.:|,])", Pattern.DOTALL);
    private static final Pattern RAW_END = Pattern.compile("\\{%[-+]?\\s*endraw\\s*([-+]?)%\\}");
    private static final Pattern RAW_BEGIN = Pattern.compile("\\{%[-+]?\\s*raw\\s*([-+]?)%\\}");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private boolean stripNext;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) throws TemplateException {
        var lexer = new Lexer(source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() throws TemplateException {
        while (at < source.length()) {
            int tag = nextTag();
            boolean stripEnd = tag + 2 < source.length() && source.charAt(tag + 2) == '-';
            data(source.substring(at, tag), at, stripEnd);
            at = tag;
            if (tag == source.length()) {
                break;
            }
            switch (source.charAt(tag + 1)) {
                case '#' -> comment();
                case '{' -> tag("}}", Token.Kind.PRINT_BEGIN, Token.Kind.PRINT_END);
                default -> {
                    Matcher raw = RAW_BEGIN.matcher(source).region(tag, source.length());
                    if (raw.lookingAt()) {
                        raw(raw);
                    } else {
                        tag("%}", Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END);
                    }
                }
            }
        }
        tokens.add(new Token(Token.Kind.END, "", source.length()));
    }

    private int nextTag() {
        for (int i = at; i + 1 < source.length(); i++) {
            if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    private void data(String text, int offset, boolean stripEnd) {
        String data = stripNext ? PythonText.stripStart(text) : text;
        data = stripEnd ? PythonText.stripEnd(data) : data;
        stripNext = false;
        if (!data.isEmpty()) {
            tokens.add(new Token(Token.Kind.DATA, data, offset));
        }
    }

    private void comment() throws TemplateException {
        int end = source.indexOf("#}", at + 2);
        if (end < 0) {
            throw new TemplateException("The comment must be closed with #}.", at);
        }
        stripNext = source.charAt(end - 1) == '-';
        at = end + 2;
    }

    private void raw(Matcher begin) throws TemplateException {
        Matcher end = RAW_END.matcher(source);
        if (!end.find(begin.end())) {
            throw new TemplateException("The raw block must be closed with {% endraw %}.", at);
        }
        stripNext = "-".equals(begin.group(1));
        data(source.substring(begin.end(), end.start()), begin.end(),
                source.charAt(end.start() + 2) == '-');
        stripNext = "-".equals(end.group(1));
        at = end.end();
    }

    private void tag(String close, Token.Kind beginKind, Token.Kind endKind)
            throws TemplateException {
        int begin = at;
        int limit = tokens.size() + MAX_TAG_TOKENS;
        tokens.add(new Token(beginKind, source.substring(at, at + 2), at));
        at += 2;
        if (at < source.length() && "-+".indexOf(source.charAt(at)) >= 0) {
            at++;
        }
        Matcher matcher = TOKEN.matcher(source);
        int braces = 0;
        while (true) {
            while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
                at++;
            }
            boolean signed = at < source.length() && "-+".indexOf(source.charAt(at)) >= 0
                    && source.startsWith(close, at + 1);
            if (braces == 0 && (signed || source.startsWith(close, at))) {
                tokens.add(new Token(endKind, close, at));
                stripNext = signed && source.charAt(at) == '-';
                at += signed ? 3 : 2;
                return;
            }
            if (at >= source.length()) {
                throw new TemplateException("The tag must be closed with " + close + ".", begin);
            }
            if (tokens.size() > limit) {
                throw new TemplateException(
                        "A tag must not have more than " + MAX_TAG_TOKENS + " tokens.", begin);
            }
            matcher.region(at, source.length());
            if (!matcher.lookingAt()) {
                throw new TemplateException(
                        "The character (" + source.charAt(at) + ") is not expected here.", at);
            }
            token(matcher);
            braces += matcher.group().equals("{") ? 1 : matcher.group().equals("}") ? -1 : 0;
            at = matcher.end();
        }
    }

    private void token(Matcher matcher) {
        String text = matcher.group();
        if (matcher.group("float") != null) {
            tokens.add(new Token(Token.Kind.FLOAT, text.replace("_", ""), at));
        } else if (matcher.group("int") != null) {
            tokens.add(new Token(Token.Kind.INTEGER, text.replace("_", ""), at));
        } else if (matcher.group("name") != null) {
            tokens.add(new Token(Token.Kind.NAME, text, at));
        } else if (matcher.group("str") != null) {
            tokens.add(new Token(Token.Kind.STRING,
                    PythonLiteral.unescape(text.substring(1, text.length() - 1)), at));
        } else {
            tokens.add(new Token(Token.Kind.OPERATOR, text, at));
        }
    }
}
