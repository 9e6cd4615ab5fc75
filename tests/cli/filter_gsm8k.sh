#!/bin/sh
# Published model solutions of GSM8K, imported as traces: the kept ones are those labelled right.
set -eu
bin=$DISTILL_BIN
shared=${DISTILL_SHARED_DIR:-}
[ -n "$shared" ] || shared=$DISTILL_SOURCE/../shared
cases=$shared/data/verifier/gsm8k_model_solutions.jsonl
[ -r "$cases" ] || { echo "skipped: $cases does not exist"; exit 77; }
rm -rf gsm8k && mkdir gsm8k && cd gsm8k
for label in true false; do
    grep "\"expected\": $label" "$cases" >$label.jsonl
    "$bin/distill" import $label.jsonl -o traces-$label --quiet >out
    "$bin/distill-filter" --input traces-$label --output kept-$label --quiet >table-$label
done
right=$(wc -l <true.jsonl)
wrong=$(wc -l <false.jsonl)
kept_right=$(awk '$1 == "kept" {print $2}' table-true)
kept_wrong=$(awk '$1 == "kept" {print $2}' table-false)
echo "kept $kept_right of $right right solutions and $kept_wrong of $wrong wrong ones"
[ "$((right + wrong))" -ge 1000 ]
[ "$kept_right" -ge $((right * 99 / 100)) ]
[ "$kept_wrong" -le $((wrong / 200)) ]
