#!/bin/sh
# import, export, import, export: no byte of a text changes. DISTILL_ROUND_TRIP=800000 runs the full size.
set -eu
bin=$DISTILL_BIN
count=${DISTILL_ROUND_TRIP:-3000}
rm -rf round_trip && mkdir round_trip && cd round_trip
"$DISTILL_BUILD/tests/make_odd_traces" "$count" >first.jsonl
# and one reply of ten million bytes
{
    printf '{"id":"huge","sample":0,"prompt":"","response":"'
    head -c 10000000 /dev/zero | tr '\0' 'x'
    printf '","answer":"","domain":"","language":"","finish":"length","prompt_tokens":0,"response_tokens":0,"correct":null,"extracted":"","reason":"kept"}\n'
} >>first.jsonl
"$bin/distill" import first.jsonl -o first --quiet >out
grep -q "^$((count + 1)) traces in first" out
"$bin/distill" export first -o second.jsonl.zst
"$bin/distill" import second.jsonl.zst -o second --quiet >out
"$bin/distill" export second -o third.jsonl
cmp first.jsonl third.jsonl
"$bin/distill" export first/shard-00000.h5 -o part.jsonl
cmp -n "$(wc -c <part.jsonl)" first.jsonl part.jsonl
"$bin/distill" show second --verify -n 1 >out
echo "$((count + 1)) traces, $(wc -c <first.jsonl) bytes: the same after two round trips"
rm -rf first second ./*.jsonl ./*.zst
