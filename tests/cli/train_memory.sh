#!/bin/sh
# distill-train with small weights and moments: the same bytes for any number of threads, bfloat16 on disk, limits kept.
. "$DISTILL_SOURCE/tests/cli/train_support.sh"
small() {
    "$train" --model "$work/model" --data "$work/data.jsonl" --batch-size 8 -l 1e-2 --max-steps 6 \
        --precision bf16 --optimizer adamw8bit "$@"
}
expect 0 '(bf16), optimizer' small --output "$work/a" --threads 2
expect 0 '(8 bits)' small --output "$work/b" --threads 1 --activation-checkpointing on
[ "$(sum "$work/a/model.safetensors")" = "$(sum "$work/b/model.safetensors")" ] || fail "threads change the bits"
grep -q '"torch_dtype": "bfloat16"' "$work/a/config.json" || fail "the weights should be saved as bfloat16"
expect 0 'trained:' small --output "$work/c" --seed 1
expect 1 '--optimizer was "adamw8bit" and is now "adamw"' small --output "$work/c" --seed 1 --optimizer adamw
expect 0 'trained:' "$train" --model "$work/a" --data "$work/data.jsonl" --output "$work/d" --max-steps 1
expect 1 'available' small --output "$work/e" --max-memory 0.001
[ -e "$work/e/metrics.jsonl" ] && fail "training began in spite of the limit"
finish
