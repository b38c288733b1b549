#!/usr/bin/env bash
# Compiles kernels/*.cu to the .ptx beside them; fails if a kernel spills registers.
# Usage: kernels/build.sh [output folder], by default this folder.
#
# PTX 7.8 for compute_80 runs on every driver from 520 on. No fast-math: products, sums, quotients and roots are rounded
# as IEEE 754 says, and no product is contracted with a sum. Comments are stripped: they name the compiler's build.
set -euo pipefail
cd "$(dirname "$0")"
out=$(mkdir -p "${1:-.}" && cd "${1:-.}" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for tool in nvcc ptxas; do
    command -v "$tool" > /dev/null || { echo "kernels: $tool is not on the PATH; CUDA 13.0 has it" >&2; exit 1; }
done

for source in *.cu; do
    name=${source%.cu}
    nvcc -arch=compute_80 -ptx -fmad=false -Werror all-warnings "$source" -o "$scratch/$name.raw"
    sed -e '/^\/\//d' -e 's/^\.version .*/.version 7.8/' "$scratch/$name.raw" | sed -e '/./,$!d' > "$scratch/$name.ptx"
    for target in 80 86 89 90; do
        ptxas -v -arch="sm_$target" "$scratch/$name.ptx" -o "$scratch/cubin" 2> "$scratch/log" \
            || { cat "$scratch/log" >&2; exit 1; }
        grep 'bytes spill' "$scratch/log" | grep -v ' 0 bytes spill stores, 0 bytes spill loads' >&2 \
            && { echo "kernels: $name spills registers on sm_$target" >&2; exit 1; }
    done
    cp "$scratch/$name.ptx" "$out/$name.ptx"
done
echo "kernels: $(ls "$out"/*.ptx | wc -l) PTX files written"
