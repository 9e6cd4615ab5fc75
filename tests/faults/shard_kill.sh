#!/bin/sh
# distill-filter and distill import killed at any moment resume to the same content; SIGINT exits with 130.
set -eu
bin=$DISTILL_BIN
rm -rf killed && mkdir killed && cd killed
awk 'BEGIN {
    for (i = 0; i < 6000; i++) {
        filler = ""
        for (j = 0; j < 20; j++)
            filler = filler " step " (i * 31 + j * 7) % 1009 " of the working,"
        printf "{\"id\":\"n%d\",\"prompt\":\"%d+1\",\"response\":\"<think>%s</think>\\\\boxed{%d}\",\"answer\":\"%d\"}\n",
            i / 3, i / 3, filler, i / 3 + 1 + (i % 4 == 0), i / 3 + 1
    }
}' >traces.jsonl
columns() { "$bin/distill" export "$1" | cksum; }
"$bin/distill" import traces.jsonl -o whole --shard-traces 700 --quiet >out
"$bin/distill-filter" --input whole --output kept --rejected rejected --shard-traces 500 --quiet >out
# attempt DELAY COMMAND...: killed after DELAY seconds unless it ends before; a killed process that was blocked on disk I/O
# can keep its lock for a short time
attempt() {
    delay=$1
    shift
    while :; do
        status=0
        timeout -s KILL "$delay" "$@" --quiet >out 2>&1 || status=$?
        grep -q 'another process' out || break
        sleep 0.1
    done
    [ $status = 0 ] || [ $status = 137 ] || { cat out; exit 1; }
}
# killed later in each round; the last run is not killed
for delay in 0.01 0.03 0.05 0.08 0.13 0.2 0.3 60; do
    attempt $delay "$bin/distill" import traces.jsonl -o again --shard-traces 700
done
[ "$(columns whole)" = "$(columns again)" ]
for delay in 0.01 0.03 0.05 0.08 0.13 0.2 0.3 60; do
    attempt $delay "$bin/distill-filter" --input whole --output kept2 --rejected rejected2 --shard-traces 500
done
[ "$(columns kept)" = "$(columns kept2)" ]
[ "$(columns rejected)" = "$(columns rejected2)" ]
for left in again/journal* again/*.tmp* kept2/journal* kept2/*.tmp*; do
    [ ! -e "$left" ] || { echo "$left was left"; exit 1; }
done
# SIGINT: the work so far is saved, status 130 (unless the run ended before)
status=0
timeout -s INT 0.05 "$bin/distill" import traces.jsonl -o stopped --shard-traces 700 --quiet >out 2>&1 || status=$?
[ $status = 130 ] || [ $status = 124 ] || [ $status = 0 ] || { cat out; exit 1; }
"$bin/distill" import traces.jsonl -o stopped --shard-traces 700 --quiet >out
[ "$(columns whole)" = "$(columns stopped)" ]
# two processes with the same output: one of them fails with a message
"$bin/distill" import traces.jsonl -o shared --overwrite --quiet >first 2>&1 &
first=$!
status=0
"$bin/distill" import traces.jsonl -o shared --quiet >second 2>&1 || status=$?
wait $first || status=$((status + $?))
[ $status = 0 ] || grep -q 'another process' first second || { cat first second; exit 1; }
"$bin/distill" import traces.jsonl -o shared --quiet >out
[ "$(columns whole)" = "$(columns shared)" ]
