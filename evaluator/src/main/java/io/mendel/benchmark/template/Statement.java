package io.mendel.benchmark.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that prints or binds a name. */
sealed interface Statement {

    record Text(String text) implements Statement {}

    record Print(Expression value) implements Statement {}

    record Set(List<String> names, Expression value) implements Statement {}

    record Capture(String name, List<Statement> body) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(Expression condition, List<Statement> body) {}

    record For(List<String> names, Expression values, @Nullable Expression condition,
            List<Statement> body,
            List<Statement> otherwise) implements Statement {}
}
