package io.mendel.benchmark;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the encoding of requests needs of a tokenizer. */
interface TextCodec {

    int[] encode(String text, boolean addSpecialTokens);

    String decode(int[] ids, boolean skipSpecialTokens);

    @Nullable
    String bosToken();

    OptionalInt bosId();

    OptionalInt eosId();
}
