#!/bin/sh
# Compiles the kernels to PTX; needs nvcc of CUDA 12 or 13. Run it after every change here, and commit what it writes.
#
# compute_75 code runs on every GPU that a driver for CUDA 12 knows. nvcc 13 writes PTX ISA 9.0, which such a driver
# refuses because of its number alone: the kernels use nothing that is newer than ISA 8.0 (CUDA 12.0). So the number is
# lowered, the one hint that is newer (which bytes of a load are used) removed, and ptxas has to accept the result, which
# it does only if every instruction is in that version.
set -eu
cd "$(dirname "$0")"
out=../resources/io/mendel/merge/cuda
mkdir -p "$out"
rm -f "$out"/*.ptx "$out"/sources.sha256
for source in *.cu; do
    name="${source%.cu}"
    nvcc -ptx -std=c++17 -arch=compute_75 -fmad=false -o "$out/$name.raw" "$source"
    sed -e 's/^\.version .*/.version 8.0/' -e '/^[[:space:]]*\/\//d' -e '/used_bytes_mask/d' -e '/^[[:space:]]*$/d' "$out/$name.raw" > "$out/$name.ptx"
    rm "$out/$name.raw"
    for gpu in sm_75 sm_80 sm_90; do
        ptxas -arch=$gpu -o /dev/null "$out/$name.ptx"
    done
done
sha256sum *.cu *.cuh build.sh > "$out/sources.sha256"
