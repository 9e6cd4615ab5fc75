#!/bin/sh
# served_memory.sh REQUESTS TOKENS [LATENCY_MS]: peak memory of that many replies of that many tokens in flight at once.
# The requirement: `served_memory.sh 1000 32768` takes less than 1 GiB.
. "$DISTILL_SOURCE/tests/faults/served_support.sh"
requests=${1:-1000} tokens=${2:-32768}
serve long --reply-tokens "$tokens" --tokens-per-event 16 --latency-ms "${3:-2000}"
prompts 1 "$requests" >"$work/long.jsonl"
"$tests/peak_memory" "$work/long.peak" "$gen" --teacher "$url" --model fake-teacher --prompts "$work/long.jsonl" \
    --output "$work/long" --prompt-template '{prompt}' --concurrency "$requests" >"$work/long.out" 2>&1
status=$?
completed long 1 0 0 "$tokens"
peak=$(cat "$work/long.peak")
# the largest number in flight: requests minus responses
open=$(awk '/"event":"request"/ { n++ } /"event":"done"/ { n-- } n > most { most = n } END { print most }' "$work/long.log")
echo "$requests replies of $tokens tokens, $open in flight at once: peak $((peak / 1024)) MiB"
[ "$open" -ge $((requests * 9 / 10)) ] || fail "only $open were in flight at once"
case $DISTILL_BUILD in *asan*) ;; *) [ "$peak" -lt 1048576 ] || fail "more than 1 GiB" ;; esac
finish
