#!/bin/sh
# distill-train with bfloat16 weights and 8-bit moments: the same bytes for any number of threads, bfloat16 on disk,
# limits of memory.
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
expect 1 'the setting optimizer was "adamw8bit" and is now "adamw"' small --output "$work/c" --seed 1 --optimizer adamw
expect 0 'trained:' "$train" --model "$work/a" --data "$work/data.jsonl" --output "$work/d" --max-steps 1
expect 1 'available' small --output "$work/e" --max-memory 0.001
[ -e "$work/e/metrics.jsonl" ] && fail "training began beyond the limit"

# weights that float16 cannot hold: refused at the start; at the end the last step is kept
init() { # init RANGE ARGS...: random weights of this size
    sed "s/\"initializer_range\": *[0-9.e-]*,*//; s/^{/{\"initializer_range\": $1,/" "$work/model/config.json" >"$work/init.json"
    shift
    "$train" --init "$work/init.json" --tokenizer "$work/model" --data "$work/data.jsonl" --max-steps 1 --save-every 0 \
        -l 99 --weight-decay 1 "$@"
}
expect 1 'cannot be written as F16' init 100 --output "$work/g" --save-dtype float16 --weight-decay 100
expect 0 'resuming at step 1' init 100 --output "$work/g" --save-dtype float32 --weight-decay 100
expect 1 'which float16 cannot' "$train" --model "$work/g" --data "$work/data.jsonl" --output "$work/f" \
    --save-dtype float16
[ -e "$work/f/metrics.jsonl" ] && fail "training began with weights that cannot be written"
finish
