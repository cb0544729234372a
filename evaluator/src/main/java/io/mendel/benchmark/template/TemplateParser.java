package io.mendel.benchmark.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Statements: text, prints and the blocks {@code if}, {@code for} and {@code set}. */
final class TemplateParser extends ExpressionParser {

    private static final int MAX_DEPTH = 100;

    private int depth;

    TemplateParser(String source) throws TemplateException {
        super(Lexer.tokens(source));
    }

    List<Statement> template() throws TemplateException {
        return body(Set.of());
    }

    /** Statements up to a block with one of these names, whose begin and name are consumed; or up to the end. */
    private List<Statement> body(Set<String> ends) throws TemplateException {
        if (++depth > MAX_DEPTH) {
            throw new TemplateException("Blocks must not be nested deeper than " + MAX_DEPTH + ".",
                    peek().offset());
        }
        var statements = new ArrayList<Statement>();
        while (true) {
            Token token = next();
            switch (token.kind()) {
                case DATA -> statements.add(new Statement.Text(token.text()));
                case PRINT_BEGIN -> {
                    statements.add(new Statement.Print(tuple()));
                    end(Token.Kind.PRINT_END, "}}");
                }
                case BLOCK_BEGIN -> {
                    if (ends.contains(peek().text())) {
                        depth--;
                        return statements;
                    }
                    statements.add(block());
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw new TemplateException(
                                "Expected one of the blocks " + ends + " before the end.",
                                token.offset());
                    }
                    depth--;
                    return statements;
                }
            }
        }
    }

    private Statement block() throws TemplateException {
        int offset = peek().offset();
        String name = expectName();
        return switch (name) {
            case "if" -> conditional();
            case "for" -> loop();
            case "set" -> assignment();
            default -> throw new TemplateException(
                    "The block (" + name + ") is not one of if, for, set, raw.", offset);
        };
    }

    private Statement conditional() throws TemplateException {
        var branches = new ArrayList<Statement.Branch>();
        List<Statement> otherwise = List.of();
        String word = "if";
        while (word.equals("if") || word.equals("elif")) {
            Expression condition = tuple();
            end(Token.Kind.BLOCK_END, "%}");
            branches.add(new Statement.Branch(condition, body(Set.of("elif", "else", "endif"))));
            word = next().text();
        }
        if (word.equals("else")) {
            end(Token.Kind.BLOCK_END, "%}");
            otherwise = body(Set.of("endif"));
            next();
        }
        end(Token.Kind.BLOCK_END, "%}");
        return new Statement.If(branches, otherwise);
    }

    private Statement loop() throws TemplateException {
        List<String> names = names();
        if (!skipName("in")) {
            throw unexpected("in");
        }
        Expression values = disjunction();
        Expression condition = skipName("if") ? expression() : null;
        end(Token.Kind.BLOCK_END, "%}");
        List<Statement> body = body(Set.of("else", "endfor"));
        List<Statement> otherwise = List.of();
        if (next().text().equals("else")) {
            end(Token.Kind.BLOCK_END, "%}");
            otherwise = body(Set.of("endfor"));
            next();
        }
        end(Token.Kind.BLOCK_END, "%}");
        return new Statement.For(names, values, condition, body, otherwise);
    }

    private Statement assignment() throws TemplateException {
        List<String> names = names();
        if (skipOperator("=")) {
            Expression value = tuple();
            end(Token.Kind.BLOCK_END, "%}");
            return new Statement.Set(names, value);
        }
        end(Token.Kind.BLOCK_END, "%}");
        List<Statement> body = body(Set.of("endset"));
        next();
        end(Token.Kind.BLOCK_END, "%}");
        return new Statement.Capture(names.getFirst(), body);
    }

    private List<String> names() throws TemplateException {
        var names = new ArrayList<String>();
        do {
            names.add(expectName());
        } while (skipOperator(","));
        return names;
    }

    private void end(Token.Kind kind, String text) throws TemplateException {
        if (peek().kind() != kind) {
            throw unexpected(text);
        }
        next();
    }
}
