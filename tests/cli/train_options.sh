#!/bin/sh
# distill-train: usage errors, and options in other programs' spellings.
. "$DISTILL_SOURCE/tests/cli/train_support.sh"

expect 0 '--learning-rate' "$train" --help
expect 0 'distill-train' "$train" --version
expect 2 '--model or --init is missing' "$train" --data "$work/data.jsonl" --output "$work/a"
expect 2 '--data is missing' "$train" --model "$work/model" --output "$work/a"
expect 2 '--output is missing' "$train" --model "$work/model" --data "$work/data.jsonl"
expect 2 'exclude each other' "$train" --model x --init y --data "$work/data.jsonl" --output "$work/a"
expect 2 '--init needs --tokenizer' "$train" --init y --data "$work/data.jsonl" --output "$work/a"
expect 2 'did you mean --learning-rate' "$train" --lerning-rate 1
expect 2 'not one of' "$train" --model x --data y --output z --precision bf8
expect 2 'not one of' "$train" --model x --data y --output z --optimizer lion
expect 2 'not one of' "$train" --model x --data y --output z --objective kd
expect 2 'not an option' "$train" --model x --data y --output z --lora-rank 8
expect 2 'give one or the other' "$train" --model x --data y --output z --batch-size 4 --gradient-accumulation-steps 2
expect 2 'must contain {prompt}' "$train" --model x --data y --output z --prompt-template hello
expect 1 'not a directory' "$train" --model "$work/none" --data "$work/data.jsonl" --output "$work/b"
expect 1 'none.jsonl' "$train" --model "$work/model" --data "$work/none.jsonl" --output "$work/c"

# spellings of other programs, with underscores, and --config
expect 0 'trained:' "$train" --model_name_or_path "$work/model" --data "$work/data.jsonl" --output_dir "$work/d" \
    --num_train_epochs 1 --lr_scheduler_type linear --cutoff_len 256 --truncation error \
    --per_device_train_batch_size 3 --gradient_accumulation_steps 4 --save_steps 1 --save_total_limit 1 --gradient_checkpointing
[ "$(lines "$work/d/metrics.jsonl")" = 2 ] || fail "24 documents by 3 x 4 are 2 steps"
[ -d "$work/d/checkpoints/step-2" ] && [ ! -d "$work/d/checkpoints/step-1" ] || fail "one checkpoint should be kept"
cat >"$work/config.json" <<END
{"model": "$work/model", "data": ["$work/data.jsonl:0.5"], "output": "$work/e", "learning_rate": 0.001,
 "max-steps": 2, "warmup_ratio": 0.5, "lr-schedule": "constant", "quiet": true}
END
expect 0 'trained:' "$train" --config "$work/config.json"
[ "$(tail -n 1 "$work/e/metrics.jsonl" | field lr)" = 0.001 ] || fail "the learning rate of --config was not used"
echo '{"learning_rat": 1}' >"$work/config.json"
expect 2 'learning_rat is not an option' "$train" --config "$work/config.json"

# the log file
expect 0 'trained:' "$train" --model "$work/model" --data "$work/data.jsonl" --output "$work/f" --max-steps 1 \
    --log-file "$work/log"
grep -q '"event":"train.step"' "$work/log" || fail "the log file has no steps"
# a model that does not fit is refused with the numbers, before anything large is allocated
sed 's/"hidden_size":32/"hidden_size":65536/; s/"intermediate_size":48/"intermediate_size":262144/; s/"num_hidden_layers":2/"num_hidden_layers":80/' \
    "$work/model/config.json" >"$work/large.json"
expect 1 'training needs' "$train" --init "$work/large.json" --tokenizer "$work/model" --data "$work/data.jsonl" \
    --output "$work/g"
# built-in tasks
expect 0 'trained:' "$train" --model "$work/model" --data builtin:arithmetic:20 --excess-length truncate \
    --output "$work/h" --max-steps 1
finish
