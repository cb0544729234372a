package io.mendel.merge.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Names the memory of a tensor for as long as its owner keeps it: the same address may hold another one later. */
final class TensorKey implements ResidentBlocks.Key {

    private final WeakReference<MemorySegment.Scope> scope;
    private final long address;
    private final long bytes;
    private final int hash;

    TensorKey(MemorySegment data) {
        this.scope = new WeakReference<>(data.scope());
        this.address = data.address();
        this.bytes = data.byteSize();
        this.hash = Objects.hash(address, bytes);
    }

    @Override
    public boolean isAlive() {
        MemorySegment.Scope known = scope.get();
        return known != null && known.isAlive();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof TensorKey that && address == that.address
                && bytes == that.bytes && isAlive()
                && Objects.equals(scope.get(), that.scope.get()));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
