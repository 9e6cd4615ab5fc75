#!/bin/sh
# distill-gen: its outputs, errors, resumed runs and messages.
. "$DISTILL_SOURCE/tests/cli/gen_support.sh"
run() { "$gen" --teacher "$work/teacher" --prompts "$work/prompts.jsonl" --max-tokens 30 "$@"; }

# a run, the same run again, other settings, --overwrite
expect 0 'traces     120 in' run --output "$work/a" --n 3 --logprobs 2
grep -qF 'tok/s' "$work/out.txt" || fail "no rate is printed"
grep -qF 'plan: ' "$work/out.txt" || fail "no plan is printed"
for name in manifest.json shard-00000.h5; do
    [ -s "$work/a/$name" ] || fail "$name is missing"
done
[ "$(digest "$work/a" | cut -d' ' -f2)" = 120 ] || fail "120 traces are expected"
before=$(digest "$work/a")
expect 0 'nothing to do' run --output "$work/a" --n 3 --logprobs 2
expect 0 'nothing to do' run --output "$work/a" --n 3 --logprobs 2 --batch-size 2 --threads 1
expect 1 'temperature was 0.6 and is now 0.7' run --output "$work/a" --n 3 --logprobs 2 --temperature 0.7
expect 1 'n was 3 and is now 2' run --output "$work/a" --n 2 --logprobs 2
expect 1 'seed was 0 and is now 1' run --output "$work/a" --n 3 --logprobs 2 --seed 1
[ "$(digest "$work/a")" = "$before" ] || fail "a refused run changed the output"
expect 0 'traces     40 in' run --output "$work/a" --overwrite
[ "$(digest "$work/a" | cut -d' ' -f2)" = 40 ] || fail "--overwrite should leave 40 traces"

# batch size and threads do not change the traces; another seed does
expect 0 '' run --output "$work/b" --batch-size 3 --threads 1
expect 0 '' run --output "$work/c" --batch-size 64 --threads 3 --shard-traces 7
same "$work/a" "$work/b"
same "$work/a" "$work/c"
[ -s "$work/c/shard-00005.h5" ] || fail "40 traces, 7 a shard, are 6 shards"
expect 0 '' run --output "$work/d" --seed 1
[ "$(digest "$work/a")" = "$(digest "$work/d")" ] && fail "another seed gives the same traces"

# other spellings of options, and a file of options
expect 0 '' run --output-dir "$work/e" --num_generations 2 --max-new-tokens 30
expect 0 '' run --output "$work/f" -n 2
same "$work/e" "$work/f"
expect 0 'no server is used' run --output "$work/unused" --price-in 2
echo '{"num-generations": 2, "temperature": 0, "stop": ["zz", "yy"]}' >"$work/gen.json"
expect 0 'traces     80 in' run --output "$work/g" --config "$work/gen.json"
"$DISTILL_BIN/distill" export "$work/g" --to jsonl 2>/dev/null | cut -d'"' -f8- | sort | uniq -c |
    awk '$1 % 2 != 0 { odd = 1 } END { exit odd }' || fail "greedy samples of a prompt differ"

# prompts that change, teachers that change
sed 's/ 7 + 7/ 7 - 7/' "$work/prompts.jsonl" >"$work/other.jsonl"
cp "$work/prompts.jsonl" "$work/held.jsonl"
cp "$work/other.jsonl" "$work/prompts.jsonl"
expect 1 'prompts-sha256' run --output "$work/b"
mv "$work/held.jsonl" "$work/prompts.jsonl"
expect 0 'nothing to do' run --output "$work/b"

# how prompts are rendered
expect 0 '' run --output "$work/h" --think-prefix '<think>\n' --prompt-template '{prompt}' --system 'Be kind.'
"$DISTILL_BIN/distill" export "$work/h" --to jsonl 2>/dev/null | grep -cF '"response":"<think>\n' >"$work/count"
[ "$(cat "$work/count")" = 40 ] || fail "every response should begin with the think prefix"
expect 0 'context of 512' run --output "$work/i" --max-tokens 5000

# a prompt that does not fit is skipped; replies to the others are not clipped, and no other note is printed
awk 'BEGIN { printf "{\"prompt\":\""; for (i = 0; i < 3000; i++) printf "12 "; print "\"}\n{\"prompt\":\"1\"}" }' >"$work/long.jsonl"
expect 0 'leave no room in the context of 512' run --prompts "$work/long.jsonl" --output "$work/k" --max-tokens 4
grep -q 'replies end where' "$work/out.txt" && fail 'a note about clipped replies, although only a prompt was skipped'

# errors
expect 2 'teacher is missing' "$gen" --prompts "$work/prompts.jsonl" --output "$work/x"
expect 2 'prompts is missing' "$gen" --teacher "$work/teacher" --output "$work/x"
expect 2 'output is missing' "$gen" --teacher "$work/teacher" --prompts "$work/prompts.jsonl"
expect 2 '{prompt}' run --output "$work/x" --prompt-template 'no place'
expect 2 'temperature' run --output "$work/x" --temperature -1
expect 2 'top-p' run --output "$work/x" --top-p 1.5
expect 2 'max-tokens' run --output "$work/x" --max-tokens 0
expect 2 'chat-template' run --output "$work/x" --chat-template alpaca
expect 2 'did you mean' run --output "$work/x" --temprature 1
expect 2 'stop' run --output "$work/x" --stop ''
expect 2 'concurency' run --output "$work/x" --concurency 4
expect 1 'connect' "$gen" --teacher http://127.0.0.1:1/v1 --prompts "$work/prompts.jsonl" --output "$work/x"
expect 2 'name of an environment' "$gen" --teacher http://127.0.0.1:1/v1 --api-key-env sk-key --prompts "$work/prompts.jsonl" --output "$work/x"
expect 2 'several teachers' "$gen" --teacher http://127.0.0.1:1/v1 --teacher builtin --prompts "$work/prompts.jsonl" --output "$work/x"
expect 2 'user or password' "$gen" --teacher http://u:p@127.0.0.1:1/v1 --prompts "$work/prompts.jsonl" --output "$work/x"
expect 1 'not a directory' "$gen" --teacher "$work/none" --prompts "$work/prompts.jsonl" --output "$work/x"
expect 1 'none.jsonl' run --output "$work/x" --prompts "$work/none.jsonl"
expect 2 'more than the' run --output "$work/x1" --logprobs 5000
: >"$work/empty.jsonl"
expect 1 'no prompt' run --output "$work/x" --prompts "$work/empty.jsonl"
printf '{"prompt":"fine"}\n{"answer":"7"}\n' >"$work/bad.jsonl"
expect 1 'bad.jsonl:2' run --output "$work/x" --prompts "$work/bad.jsonl"
[ -e "$work/x" ] && fail "a refused run made an output folder"

# damaged teachers
cp -r "$work/teacher" "$work/cut"
head -c 20000 "$work/teacher/model.safetensors" >"$work/cut/model.safetensors"
expect 1 'model.safetensors' "$gen" --teacher "$work/cut" --prompts "$work/prompts.jsonl" --output "$work/y"
sed 's/"num_hidden_layers":2/"num_hidden_layers":3000/; s/"hidden_size":32/"hidden_size":32768/' \
    "$work/teacher/config.json" >"$work/cut/config.json"
expect 1 'does not fit in memory' "$gen" --teacher "$work/cut" --prompts "$work/prompts.jsonl" --output "$work/y" --max-tokens 8
[ -e "$work/y/manifest.json" ] && fail "a teacher that cannot be read gave an output"
finish
