#!/bin/sh
# All stages with tiny sizes: traces of the built-in teacher are filtered, a student is trained on them, and both are
# benchmarked.
set -eu
bin=$DISTILL_BIN
rm -rf chain && mkdir chain && cd chain
"$bin/distill-gen" --teacher builtin --prompts builtin:all:48 --output traces --n 2 --max-tokens 256 --quiet >gen.txt
"$bin/distill-filter" --input traces --output kept --format think --dedup exact --rejected rejected \
    --report filter.json --quiet >filter.txt
cat filter.txt
[ "$("$bin/distill" export traces --to jsonl | wc -l)" = 96 ]
kept=$("$bin/distill" export kept --to jsonl | wc -l)
[ "$kept" -ge 36 ] # the teacher is right most of the time; equal replies to one prompt count once
rejected=$("$bin/distill" export rejected --to jsonl | wc -l)
[ $((kept + rejected)) = 96 ]
"$bin/distill-train" --init "$DISTILL_SOURCE/teacher/builtin/student.json" \
    --tokenizer "$DISTILL_SOURCE/teacher/builtin/checkpoint" --data kept --output student --max-steps 12 \
    --batch-tokens 2048 --max-seq-len 512 --learning-rate 3e-3 --quiet >train.txt
# the loss falls
awk -F'"loss":' '{split($2, a, ","); if (NR == 1) first = a[1]; last = a[1]} END {exit !(last < first - 0.5)}' student/metrics.jsonl
"$bin/distill-bench" --model teacher=builtin student=student --suite builtin:arithmetic:8 --n 2 --max-tokens 200 \
    --output bench --quiet >table.txt
cat table.txt
grep -q '"pass@1"' bench/results.json
[ -s bench/report.html ] && [ -s student/report.html ]
"$bin/distill" show bench/samples/teacher/builtin-arithmetic-8 --index 0 >/dev/null
# finished stages report that and change nothing
before=$(cat traces/manifest.json student/model.safetensors bench/results.json | sha256sum)
"$bin/distill-gen" --teacher builtin --prompts builtin:all:48 --output traces --n 2 --max-tokens 256 --quiet >/dev/null
"$bin/distill-train" --init "$DISTILL_SOURCE/teacher/builtin/student.json" \
    --tokenizer "$DISTILL_SOURCE/teacher/builtin/checkpoint" --data kept --output student --max-steps 12 \
    --batch-tokens 2048 --max-seq-len 512 --learning-rate 3e-3 --quiet >/dev/null
[ "$before" = "$(cat traces/manifest.json student/model.safetensors bench/results.json | sha256sum)" ]
# other settings are refused, naming the setting
status=0
"$bin/distill-gen" --teacher builtin --prompts builtin:all:48 --output traces --n 3 --max-tokens 256 --quiet 2>err || status=$?
[ $status = 1 ]
grep -q 'n was 2 and is now 3' err
