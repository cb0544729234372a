package io.mendel.checkpoint;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tensors of memory-mapped files. */
final class MappedTensors implements TensorStore {

    private final SortedMap<String, Tensor> tensors;
    private final SortedMap<String, TensorInfo> infos;
    private final List<SafetensorsFile> files;

    MappedTensors(SortedMap<String, Tensor> tensors, List<SafetensorsFile> files) {
        this.tensors = tensors;
        this.files = files;
        SortedMap<String, TensorInfo> all = new TreeMap<>();
        tensors.forEach((name, tensor) -> all.put(name, tensor.info()));
        this.infos = Collections.unmodifiableSortedMap(all);
    }

    @Override
    public SortedMap<String, TensorInfo> infos() {
        return infos;
    }

    @Override
    public Tensor tensor(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    @Override
    public String digest() {
        return TensorDigest.of(tensors.values());
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
