#!/bin/sh
# distill-train: outputs, repeated and resumed runs, errors.
. "$DISTILL_SOURCE/tests/cli/train_support.sh"
run() { "$train" --model "$work/model" --data "$work/data.jsonl" --batch-size 8 -l 1e-2 --threads 2 "$@"; }

expect 0 'trained:' run --output "$work/a" --epochs 4 --eval-data "$work/data.jsonl" --save-every 5
for name in config.json generation_config.json tokenizer.json tokenizer_config.json model.safetensors \
    metrics.jsonl report.html checkpoints/step-5/model.safetensors checkpoints/step-10/optimizer.safetensors; do
    [ -s "$work/a/$name" ] || fail "$name is missing"
done
cmp -s "$work/a/tokenizer.json" "$work/model/tokenizer.json" || fail "tokenizer.json was changed"
[ "$(lines "$work/a/metrics.jsonl")" = 12 ] || fail "metrics.jsonl should have 12 lines"
for key in step epoch tokens loss lr grad_norm tokens_per_s; do
    [ "$(field $key <"$work/a/metrics.jsonl" | wc -l)" -eq 12 ] || fail "metrics.jsonl lacks $key"
done
field loss <"$work/a/metrics.jsonl" | awk 'NR == 1 { first = $1 } { last = $1 } END { exit !(last < first - 1) }' ||
    fail "the loss did not fall"
[ "$(field eval_loss <"$work/a/metrics.jsonl" | wc -l)" -eq 4 ] || fail "there should be an evaluation an epoch"
[ "$(tail -n 1 "$work/a/metrics.jsonl" | field epoch)" = 4 ] || fail "the last epoch should be 4"
grep -q '<svg' "$work/a/report.html" || fail "report.html has no plot"
grep -q 'https*://' "$work/a/report.html" && ! grep -q 'www.w3.org' "$work/a/report.html" &&
    fail "report.html is not self-contained"

# a second run: the same settings, others, another directory, --overwrite
before=$(sum "$work/a/model.safetensors")
expect 0 'nothing to do' run --output "$work/a" --epochs 4 --eval-data "$work/data.jsonl"
expect 1 'the setting learning-rate was 0.01 and is now 0.02' run --output "$work/a" --epochs 4 -l 2e-2
expect 1 'the setting epochs was 4 and is now 5' run --output "$work/a" --epochs 5
expect 0 'trained:' run --output "$work/b" --epochs 4
[ "$(sum "$work/b/model.safetensors")" = "$before" ] || fail "the same run gives other bytes"
expect 0 'trained:' run --output "$work/a" --epochs 1 --overwrite
[ "$(lines "$work/a/metrics.jsonl")" = 3 ] || fail "--overwrite should leave 3 lines of metrics"
[ -d "$work/a/checkpoints/step-5" ] && fail "--overwrite left an old checkpoint"

# checkpoints of other origin are not touched
expect 1 'did not write' "$train" --model "$work/b" --data "$work/data.jsonl" --output "$work/model" --overwrite
before=$(sum "$work/a/model.safetensors")
expect 2 'is inside --output' "$train" --model "$work/a" --data "$work/data.jsonl" --output "$work/a" --overwrite
expect 1 'none.jsonl' "$train" --model "$work/b" --data "$work/none.jsonl" --output "$work/a" --overwrite
[ "$(sum "$work/a/model.safetensors")" = "$before" ] || fail "a run that could not begin removed an older one"

# written models can be loaded; random weights; types
expect 0 'trained:' "$train" --model "$work/a" --data "$work/data.jsonl" --output "$work/c" --max-steps 1
expect 0 'trained:' "$train" --init "$work/model/config.json" --tokenizer "$work/model" --seed 3 \
    --data "$work/data.jsonl" --output "$work/d" --max-steps 2 --save-dtype bfloat16
grep -q '"torch_dtype": "bfloat16"' "$work/d/config.json" || fail "torch_dtype was not updated"
[ "$(wc -c <"$work/d/model.safetensors")" -lt "$(($(wc -c <"$work/a/model.safetensors") * 6 / 10))" ] ||
    fail "bfloat16 weights should be half as large"
expect 0 'trained:' "$train" --model "$work/d" --data "$work/data.jsonl" --output "$work/e" --max-steps 1

# a pipe can be read once: it is neither hashed nor looked into before
mkfifo "$work/pipe.jsonl"
cat "$work/data.jsonl" >"$work/pipe.jsonl" &
expect 0 'trained:' "$train" --model "$work/model" --data "$work/pipe.jsonl" --batch-size 8 -l 1e-2 --threads 2 \
    --output "$work/piped" --epochs 4
[ "$(sum "$work/piped/model.safetensors")" = "$(sum "$work/b/model.safetensors")" ] ||
    fail "a pipe gives other bytes than the file"

# the same traces unpacked or in other micro-batches: the same loss up to rounding
for cut in --no-packing '--micro-batch-tokens 100' '--per-device-train-batch-size 2'; do
    rm -rf "$work/f"
    size='--batch-size 8'
    [ "$cut" = '--per-device-train-batch-size 2' ] && size='--gradient-accumulation-steps 4'
    # shellcheck disable=SC2086
    expect 0 'trained:' "$train" --model "$work/model" --data "$work/data.jsonl" $size -l 1e-2 --max-steps 2 \
        --output "$work/f" $cut
    head -n 2 "$work/b/metrics.jsonl" | field loss >"$work/x"
    field loss <"$work/f/metrics.jsonl" | paste "$work/x" - |
        awk '{ d = $1 / $2 - 1 } d > 1e-4 || d < -1e-4 { bad = 1 } END { exit bad }' || fail "$cut changes the loss"
done

# documents that are too long: an error before training, with their number and the longest
expect 1 '24 of 24 documents are longer than 20 tokens' run --output "$work/g" --max-seq-len 20
[ -e "$work/g/metrics.jsonl" ] && fail "training began with documents that are too long"
expect 1 'no token to learn' run --output "$work/h" --max-seq-len 20 --excess-length drop
expect 0 'were truncated' run --output "$work/i" --max-seq-len 60 --excess-length truncate --max-steps 1

# SIGINT: saved, 130, resumed to the same bytes
"$train" --model "$work/model" --data "$work/data.jsonl" --batch-size 8 -l 1e-2 --threads 2 --output "$work/j" \
    --max-steps 300 --quiet >/dev/null 2>&1 &
job=$!
while [ "$(lines "$work/j/metrics.jsonl")" -lt 20 ]; do sleep 0.05; done
kill -INT $job
wait $job
[ $? = 130 ] || fail "an interrupted run should exit with 130"
[ -d "$work/j/checkpoints" ] || fail "an interrupted run should leave a checkpoint"
[ -e "$work/j/model.safetensors" ] && fail "the run ended before it was interrupted"
expect 0 'resuming at step' run --output "$work/j" --max-steps 300
expect 0 'trained:' run --output "$work/k" --max-steps 300
[ "$(sum "$work/j/model.safetensors")" = "$(sum "$work/k/model.safetensors")" ] || fail "the resumed run differs"
[ "$(field loss <"$work/j/metrics.jsonl" | cksum)" = "$(field loss <"$work/k/metrics.jsonl" | cksum)" ] ||
    fail "the resumed run's metrics differ"
finish
