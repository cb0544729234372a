package io.mendel.benchmark;

import io.mendel.runtime.Tokenizer;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A model folder's tokenizer.
 *
 * @param tokenizer open as long as this is used
 */
record TokenizerCodec(Tokenizer tokenizer) implements TextCodec {

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        return tokenizer.encode(text, addSpecialTokens);
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        return tokenizer.decode(ids, skipSpecialTokens);
    }

    @Override
    public @Nullable String bosToken() {
        return tokenizer.bosToken();
    }

    @Override
    public OptionalInt bosId() {
        return tokenizer.bosId();
    }

    @Override
    public OptionalInt eosId() {
        return tokenizer.eosId();
    }
}
