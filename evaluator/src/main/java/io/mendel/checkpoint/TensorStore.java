package io.mendel.checkpoint;

import java.util.SortedMap;

/** Where the tensors of a checkpoint come from. */
sealed interface TensorStore permits MappedTensors, DerivedTensors {

    /** Name, element type and shape of all tensors, by name. */
    SortedMap<String, TensorInfo> infos();

    /** The tensor of a name that {@link #infos()} has. */
    Tensor tensor(String name);

    /** What {@link Checkpoint#digest()} says; computed on each call. */
    String digest();

    void close();
}
