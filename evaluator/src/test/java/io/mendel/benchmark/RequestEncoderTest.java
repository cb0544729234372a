package io.mendel.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mendel.benchmark.RequestEncoder.Scored;
import io.mendel.benchmark.RequestEncoder.UnfitException;
import io.mendel.runtime.ScoredSequence;
import io.mendel.runtime.TargetScores;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RequestEncoderTest {

    private static final CharacterCodec CODEC = new CharacterCodec();
    private final RequestEncoder encoder = new RequestEncoder(CODEC, 8);

    private static int[] ids(String text) {
        return text.chars().toArray();
    }

    private Scored continuation(String context, String continuation) throws UnfitException {
        return encoder.encode(new Request.Continuation(context, continuation), new HashMap<>());
    }

    @Test
    void continuationFollowsContextAfterBos() throws Exception {
        Scored scored = continuation("ab", " c");
        assertThat(scored.tokens()).containsExactly(CharacterCodec.BOS, 'a', 'b', ' ');
        assertThat(scored.targets()).containsExactly(' ', 'c');
    }

    @Test
    void trailingWhiteSpaceMovesToTheContinuation() throws Exception {
        assertThat(continuation("ab \n\u00a0", "c").targets()).containsExactly(' ', '\n', 0xa0,
                'c');
    }

    @Test
    void contextOfWhiteSpaceKeepsItsSpecialTokens() throws Exception {
        Scored scored = continuation(" ", "c");
        assertThat(scored.tokens()).containsExactly(CharacterCodec.BOS, ' ');
        assertThat(scored.targets()).containsExactly(' ', 'c');
    }

    @Test
    void emptyContextIsThePrefixToken() throws Exception {
        assertThat(continuation("", "cd").tokens()).containsExactly(CharacterCodec.BOS, 'c');
        assertThat(continuation("", "cd").targets()).containsExactly('c', 'd');
        Scored own = continuation("", "<s>cd");
        assertThat(own.tokens()).containsExactly(CharacterCodec.BOS, 'c');
        assertThat(own.targets()).containsExactly('c', 'd');
    }

    @Test
    void textThatStartsWithBosGetsNoSecondOne() throws Exception {
        assertThat(continuation("<s>ab", "c").tokens()).containsExactly(CharacterCodec.BOS, 'a',
                'b');
    }

    @Test
    void longContextsLoseTheirBeginning() throws Exception {
        Scored scored = continuation("abcdefgh", "xyz");
        assertThat(scored.tokens()).containsExactly(ids("cdefghxy"));
        assertThat(scored.targets()).containsExactly(ids("xyz"));
        assertThat(continuation("ab", "12345678").tokens()).containsExactly(ids("b1234567"));
    }

    @Test
    void continuationsThatDoNotFitAreRefused() {
        assertThatExceptionOfType(UnfitException.class)
                .isThrownBy(() -> continuation("ab", "123456789"));
        assertThatExceptionOfType(UnfitException.class).isThrownBy(() -> continuation("ab", ""));
        assertThatExceptionOfType(UnfitException.class).isThrownBy(() -> continuation("", "<s>"));
    }

    /** Expected windows: get_rolling_token_windows and make_disjoint_window of the harness, followed by hand. */
    @Test
    void rollingWindowsPredictEachTokenOnce() throws Exception {
        List<Scored> windows = encoder.encode(new Request.Rolling("abcdefghijklmnopqr"));
        assertThat(windows).hasSize(3);
        assertThat(windows.get(0).tokens()).containsExactly(CharacterCodec.BOS, CharacterCodec.BOS,
                'a', 'b', 'c', 'd', 'e', 'f');
        assertThat(windows.get(0).targets()).containsExactly(CharacterCodec.BOS, 'a', 'b', 'c', 'd',
                'e', 'f', 'g');
        assertThat(windows.get(1).tokens()).containsExactly(ids("ghijklmn"));
        assertThat(windows.get(1).targets()).containsExactly(ids("hijklmno"));
        assertThat(windows.get(2).tokens()).containsExactly(ids("jklmnopq"));
        assertThat(windows.get(2).targets()).containsExactly(ids("pqr"));
    }

    @Test
    void promptsLeaveRoomForNewTokens() throws Exception {
        assertThat(encoder.encode(new Request.Generation("abcdefgh"), 3))
                .containsExactly(ids("defgh"));
        assertThat(encoder.encode(new Request.Generation("ab"), 3))
                .containsExactly(CharacterCodec.BOS, 'a', 'b');
        assertThatExceptionOfType(UnfitException.class)
                .isThrownBy(() -> encoder.encode(new Request.Generation("ab"), 8));
    }

    @Test
    void equalInputsShareOneSequence() throws Exception {
        var pool = new InputPool();
        InputPool.Reference first = pool.add(continuation("ab", "x"));
        InputPool.Reference second = pool.add(continuation("ab", "y"));
        InputPool.Reference third = pool.add(continuation("a", "bx"));
        InputPool.Reference fourth = pool.add(continuation("abc", "z"));
        List<ScoredSequence> sequences = pool.sequences();
        assertThat(sequences).hasSize(2);
        assertThat(sequences.getFirst().positions()).containsExactly(2, 2, 1);
        assertThat(sequences.getFirst().targets()).containsExactly('x', 'y', 'b');
        var scores = List.of(
                new TargetScores(new float[]{-1, -2, -4}, new boolean[]{true, false, true}),
                new TargetScores(new float[]{-8}, new boolean[]{false}));
        assertThat(List.of(first, second, third, fourth))
                .extracting(reference -> reference.logLikelihood(scores))
                .usingElementComparator((a, b) -> Double.compare(a, b))
                .containsExactly(-1.0, -2.0, -5.0, -8.0);
        assertThat(List.of(first, second, third, fourth))
                .extracting(reference -> reference.greedy(scores))
                .containsExactly(true, false,
                        true, false);
        assertThat(first.logLikelihood(scores)).isCloseTo(-1, Offset.offset(0.0));
    }

    @Test
    void generationStopsAtTermsAndEndTokens() {
        StopSequences stop = StopSequences.of(CODEC, List.of("\n", "", "END"), Set.of((int) '!'));
        assertThat(stop.reached(ids("ab"))).isFalse();
        assertThat(stop.reached(ids("ab\n"))).isTrue();
        assertThat(stop.reached(ids("abEND"))).isTrue();
        assertThat(stop.reached(ids("ab!"))).isTrue();
        assertThat(stop.reached(new int[]{'a', CharacterCodec.EOS})).isTrue();
    }

    @Test
    void generatedTextEndsBeforeTheFirstTerm() {
        StopSequences stop = StopSequences.of(CODEC, List.of("END", "\n"),
                Set.of(CharacterCodec.EOS));
        assertThat(stop.text(ids("ab\ncENDd"))).isEqualTo("ab");
        assertThat(stop.text(new int[]{'a', CharacterCodec.EOS, 'b'})).isEqualTo("a");
        assertThat(stop.text(ids("abc"))).isEqualTo("abc");
    }
}
