package io.mendel.benchmark;

import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A tokenizer with one token per character and the special tokens {@code <s>} and {@code </s>}. */
final class CharacterCodec implements TextCodec {

    static final int BOS = 1;
    static final int EOS = 2;

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        IntStream ids = text.replace("<s>", "\u0001").replace("</s>", "\u0002").chars();
        return addSpecialTokens
                ? IntStream.concat(IntStream.of(BOS), ids).toArray()
                : ids.toArray();
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        var text = new StringBuilder();
        for (int id : ids) {
            switch (id) {
                case BOS -> text.append(skipSpecialTokens ? "" : "<s>");
                case EOS -> text.append(skipSpecialTokens ? "" : "</s>");
                default -> text.append((char) id);
            }
        }
        return text.toString();
    }

    @Override
    public String bosToken() {
        return "<s>";
    }

    @Override
    public OptionalInt bosId() {
        return OptionalInt.of(BOS);
    }

    @Override
    public OptionalInt eosId() {
        return OptionalInt.of(EOS);
    }
}
