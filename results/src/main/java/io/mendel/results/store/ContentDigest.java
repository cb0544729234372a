package io.mendel.results.store;

import io.mendel.results.Candidate;
import io.mendel.results.Evaluation;
import io.mendel.results.ItemScores;
import io.mendel.results.Outcome;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 over fields, each with its length in front, so that no two different lists of fields collide. */
final class ContentDigest {
    private final MessageDigest sha256;

    ContentDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    void add(Object... fields) {
        for (var field : fields) {
            add(field instanceof byte[] bytes
                    ? bytes
                    : field.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private void add(byte[] bytes) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        sha256.update(bytes);
    }

    void add(Candidate candidate) {
        add("candidate", candidate.id(), candidate.generation(), candidate.index(),
                candidate.origin(),
                Packed.doubles(candidate.genes()), candidate.recipe(), candidate.recipeDigest());
    }

    void add(Evaluation evaluation) {
        var key = evaluation.key();
        add("evaluation", key.recipeDigest(), key.itemSetDigest(), key.settingsDigest());
        switch (evaluation.outcome()) {
            case Outcome.Failed(var reason) -> add("failed", reason);
            case Outcome.Finished(var objectives, var scores, var items) -> {
                add("finished", Json.of(objectives), Json.of(scores.tasks()), items.size());
                items.forEach(this::add);
            }
            case Outcome.Raced(var objectives, var scores, var items, int scored, int of) -> {
                add("raced", Json.of(objectives), Json.of(scores.tasks()), items.size(), scored,
                        of);
                items.forEach(this::add);
            }
        }
    }

    private void add(ItemScores item) {
        add(item.task(), item.metric(), Packed.ints(item.docIds()),
                Packed.doubles(item.scores()));
    }

    String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
