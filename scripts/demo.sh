#!/bin/sh
# What `make run` shows: tiny-llama from the jar, dense and with half of its weights pruned by magnitude and by Wanda.
set -eu
cd "$(dirname "$0")/.."

java="$(scripts/jdk.sh)/bin/java"
demo=target/demo

wanda_gpu() {
    echo
    echo "\$ java -jar target/wanda-gpu.jar $*"
    "$java" -jar target/wanda-gpu.jar "$@"
}

evaluate() { # model $1, result file $2
    wanda_gpu eval --model "$1" --text embedded --seqlen 256 --json "$2"
}

prune() { # method $1
    wanda_gpu prune --model embedded:tiny-llama --method "$1" --sparsity 0.5 \
        --calibration embedded --nsamples 32 --seqlen 128 --output "$demo/$1"
}

row() { # title $1, result file $2
    printf '%-18s %8.3f\n' "$1" "$(sed -n 's/.*"perplexity" *: *\([0-9.]*\).*/\1/p' "$2")"
}

rm -rf "$demo"
mkdir -p "$demo"
evaluate embedded:tiny-llama "$demo/dense.json"
for method in magnitude wanda; do
    prune "$method"
    evaluate "$demo/$method" "$demo/$method.json"
done

echo
echo "perplexity of tiny-llama (less is better)"
row "dense" "$demo/dense.json"
row "magnitude, 50 %" "$demo/magnitude.json"
row "wanda, 50 %" "$demo/wanda.json"
