#!/bin/sh
# Limits on requests per minute, tokens per minute, requests in flight and memory; two servers, one of which restarts.
. "$DISTILL_SOURCE/tests/faults/served_support.sh"

# most_in_a_second NAME: prints the largest number of requests in one second, from the server's log
most_in_a_second() {
    sed -n 's/^{"t":\([0-9.]*\),"event":"request".*/\1/p' "$work/$1.log" | awk '
        { t[NR] = $1; while (t[NR] - t[first + 1] >= 1) first++; if (NR - first > most) most = NR - first }
        END { print most + 0 }'
}
serve paced
prompts 1 30 >"$work/paced.jsonl"
sample_all paced --requests-per-minute 600 &
paced=$!
# 600 a minute are 10 a second; a full bucket of 10 can be sent at once
serve tokens
prompts 1 12 >"$work/tokens.jsonl"
(
    sample_all tokens --tokens-per-minute 20000 --max-tokens 30
    echo "$status" >"$work/tokens.status"
) &
tokens=$!
wait $paced
status=0
completed paced 1
[ "$(most_in_a_second paced)" -le 20 ] || fail "$(most_in_a_second paced) requests in a second, 10 are allowed"
seconds=$(sed -n 's/^{"t":\([0-9.]*\),.*/\1/p' "$work/paced.log" | awk 'NR == 1 { a = $1 } { b = $1 } END { print int((b - a) * 10) }')
[ "$seconds" -ge 15 ] || fail "30 requests at 10 a second took $seconds tenths of a second"
wait $tokens
status=$(cat "$work/tokens.status")
completed tokens 1 0 30

stop_servers

# two servers: one stops and restarts, the other takes over
serve steady --latency-ms 20 --event-ms 40 --tokens-per-event 20
steady=$url
serve restarting --latency-ms 20 --event-ms 40 --tokens-per-event 20 --die-after 20 --dead-for-ms 2600
prompts 1 450 >"$work/two.jsonl"
"$gen" --teacher "$url" --teacher "$steady" --model fake-teacher --prompts "$work/two.jsonl" --output "$work/two" \
    --prompt-template '{prompt}' --concurrency 12 >"$work/two.out" 2>&1
status=$?
completed two 1
[ "$(count_events steady request)" -ge 100 ] || fail "the load was not shared"
before=$(awk '/"event":"request"/ { n++ } END { print n + 0 }' "$work/restarting.log")
[ "$before" -gt 25 ] || fail "the restarted server got no requests ($before in all)"
grep -q 'is suspended' "$work/two.out" || fail "the suspension of a server is not reported"
stop_servers

# many long concurrent replies in constant memory; the full measurement is `served_memory.sh 1000 32768`
sh "$DISTILL_SOURCE/tests/faults/served_memory.sh" 200 2000 700 || fail "memory"
finish
