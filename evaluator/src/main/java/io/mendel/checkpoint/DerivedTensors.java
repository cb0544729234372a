package io.mendel.checkpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tensors of another checkpoint, some replaced or added by computed ones.
 *
 * <p>
 * A computed tensor is streamed into a temporary file when it is first asked for, and mapped from there: the heap holds
 * one piece of it at most.
 */
final class DerivedTensors implements TensorStore {

    private final Checkpoint origin;
    private final SortedMap<String, DerivedTensor> derivations = new TreeMap<>();
    private final SortedMap<String, TensorInfo> infos;
    private final Map<String, Tensor> computed = new ConcurrentHashMap<>();
    private final ScratchFiles scratch;
    private final Runnable whenClosed;

    DerivedTensors(Checkpoint origin, Collection<? extends DerivedTensor> derivations,
            ScratchFiles scratch, Runnable whenClosed) {
        this.origin = origin;
        this.scratch = scratch;
        this.whenClosed = whenClosed;
        SortedMap<String, TensorInfo> all = new TreeMap<>(origin.tensors());
        for (DerivedTensor derivation : derivations) {
            String name = derivation.info().name();
            if (this.derivations.put(name, derivation) != null) {
                throw new IllegalArgumentException("The tensor " + name + " is derived twice.");
            }
            all.put(name, derivation.info());
        }
        this.infos = Collections.unmodifiableSortedMap(all);
    }

    @Override
    public SortedMap<String, TensorInfo> infos() {
        return infos;
    }

    @Override
    public Tensor tensor(String name) {
        DerivedTensor derivation = derivations.get(name);
        return derivation == null
                ? origin.tensor(name)
                : computed.computeIfAbsent(name, ignored -> scratch.store(derivation));
    }

    /** SHA-256 over the origin's digest and each derivation's result and fingerprint. */
    @Override
    public String digest() {
        if (derivations.isEmpty()) {
            return origin.digest();
        }
        var text = new StringBuilder("derived\n").append(origin.digest());
        derivations.values()
                .forEach(derivation -> text.append('\n')
                        .append(derivation.info())
                        .append('\n')
                        .append(derivation.fingerprint()));
        MessageDigest sha = TensorDigest.sha256();
        return HexFormat.of()
                .formatHex(sha.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        scratch.close();
        whenClosed.run();
    }
}
