#!/usr/bin/env bash
# Compiles kernels/*.cu to the .ptx beside them and writes RESOURCES.md; fails if a kernel spills registers.
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

release=$(ptxas --version | sed -n 's/.*release \([0-9.]*\).*/\1/p')
{
    echo "# Resources of the kernels"
    echo
    echo "Written by \`make kernels\` from \`ptxas -v\`, CUDA $release." \
        "Registers of a thread on sm_80 / sm_86 / sm_89 / sm_90;"
    echo "shared memory in bytes of a block (where targets differ: the most); spills in bytes, all targets together."
    echo
    echo "| file | entry | registers | shared | spills |"
    echo "|---|---|---|---|---|"
} > "$scratch/RESOURCES.md"

for source in *.cu; do
    name=${source%.cu}
    nvcc -arch=compute_80 -ptx -fmad=false -Werror all-warnings "$source" -o "$scratch/$name.raw"
    sed -e '/^\/\//d' -e 's/^\.version .*/.version 7.8/' "$scratch/$name.raw" | sed -e '/./,$!d' > "$scratch/$name.ptx"
    for target in 80 86 89 90; do
        ptxas -v -arch="sm_$target" "$scratch/$name.ptx" -o "$scratch/cubin" 2> "$scratch/log" \
            || { cat "$scratch/log" >&2; exit 1; }
        awk -v target="$target" '
            /Compiling entry function/ { match($0, /\047[^\047]*\047/); entry = substr($0, RSTART + 1, RLENGTH - 2) }
            /bytes spill stores/ { for (i = 2; i <= NF; i++) if ($i == "spill") spills += $(i - 2) }
            /Used [0-9]+ registers/ {
                shared = 0
                for (i = 2; i <= NF; i++) {
                    if ($i ~ /^registers/) registers = $(i - 1)
                    if ($i ~ /^smem/) shared = $(i - 2)
                }
                print entry, target, registers, shared, spills + 0
                spills = 0
            }' "$scratch/log" >> "$scratch/$name.use"
    done
    awk -v file="$source" '
        { if ($1 in registers) registers[$1] = registers[$1] " / " $3
          else { order[++entries] = $1; registers[$1] = $3 }
          if ($4 > shared[$1]) shared[$1] = $4
          spills[$1] += $5 }
        END { for (i = 1; i <= entries; i++) { e = order[i]
              printf "| %s | %s | %s | %d | %d |\n", file, e, registers[e], shared[e], spills[e] } }' \
        "$scratch/$name.use" | LC_ALL=C sort >> "$scratch/RESOURCES.md"
    awk '$5 > 0 { print "kernels: " $1 " spills " $5 " bytes on sm_" $2; bad = 1 } END { exit bad }' \
        "$scratch/$name.use" >&2
    cp "$scratch/$name.ptx" "$out/$name.ptx"
done
cp "$scratch/RESOURCES.md" "$out/RESOURCES.md"
echo "kernels: $(ls "$out"/*.ptx | wc -l) PTX files and RESOURCES.md written"
