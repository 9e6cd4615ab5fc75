#!/bin/sh
# served_kill.sh [COUNT [SEED]]: kill -9 at random moments while a server with many faults is sampled, and resume, until
# COUNT kills (3) have hit a running process. Every trace in the journal at a kill is in the finished output with the same
# bytes, none occurs twice, none is missing, and every reply is the fake teacher's.
. "$DISTILL_SOURCE/tests/faults/served_support.sh"
kills=${1:-${SERVED_KILLS:-3}} seed=${2:-7}
FAKE_KEY=sk-do-not-tell-0123456789abcdef OPENAI_API_KEY=sk-do-not-tell-0123456789abcdef
export FAKE_KEY OPENAI_API_KEY
n=3 concurrency=24
serve kill --key-env FAKE_KEY --seed "$seed" --latency-ms 3 --event-ms 2 --tokens-per-event 10 \
    --fault 429:0.02 --fault 429-after:0.003 --fault 500:0.02 --fault 500-echo:0.01 --fault 503:0.01 \
    --fault drip:0.003 --fault stall-middle:0.003 --fault stall-start:0.002 --fault cut-event:0.02 --fault cut-utf8:0.01 \
    --fault cut-between:0.01 --fault cut-cleanly:0.01 --fault cut-before-done:0.01 --fault rst:0.02 \
    --fault invalid-json:0.01 --fault empty-choices:0.01 --fault html:0.01 --fault duplicate-choices:0.01 --fault same-id:0.02 \
    --fault missing-choices:0.01 --fault error-event:0.01 --fault endless-line:0.002 --fault bad-chunk:0.01
start() {
    exec "$gen" --teacher "$url" --model fake-teacher --prompts "$work/kill.jsonl" --output "$1" -n $n --retries 50 \
        --prompt-template '{prompt}' --concurrency $concurrency --timeout 1.5 --shard-traces 40
}
# moment ROUND: seconds until the kill, within the duration of a run; the same in every run of this script
moment() { awk -v seed="$seed" -v i="$1" 'BEGIN { srand(seed * 1000 + i); printf "%.3f", 0.03 + 0.45 * rand() * rand() }'; }

hits=0 round=0 lost=0 outputs=0
while [ $hits -lt "$kills" ]; do
    outputs=$((outputs + 1))
    dir=$work/out-$outputs
    prompts 1 120 >"$work/kill.jsonl"
    asked_before=$(count_events kill 'done')
    here=0
    while [ $hits -lt "$kills" ] && [ ! -e "$dir/manifest.json" ]; do
        round=$((round + 1))
        start "$dir" >"$work/kill.out" 2>&1 &
        job=$!
        sleep "$(moment $round)"
        kill -9 $job 2>/dev/null && here=$((here + 1)) hits=$((hits + 1))
        wait $job 2>/dev/null
        [ -d "$dir" ] || continue
        rm -rf "$work/copy"
        cp -r "$dir" "$work/copy"
        "$tests/served_check" acknowledged "$work/copy" >"$work/there" || fail "round $round: the journal cannot be read"
        sort -u "$work/there" >>"$work/acknowledged-$outputs"
        grep -qF "$FAKE_KEY" "$work/kill.out" && fail "the key is printed"
    done
    (start "$dir") >"$work/kill.out" 2>&1
    status=$?
    mv "$dir" "$work/kill"
    completed kill $n
    [ "$("$tests/served_check" complete "$work/kill" $n | cut -d' ' -f2)" = $((120 * n)) ] || fail "traces are missing"
    "$tests/served_check" acknowledged "$work/kill" | sort >"$work/final"
    if [ -e "$work/acknowledged-$outputs" ]; then
        sort -u "$work/acknowledged-$outputs" | comm -23 - "$work/final" >"$work/lost"
        lost=$((lost + $(wc -l <"$work/lost")))
    fi
    # replies that were sent and are missing: at most those in flight at the kills
    paid=$(($(count_events kill 'done') - asked_before))
    [ $paid -le $((120 * n + here * concurrency)) ] || fail "$paid responses for 120 prompts and $here kills"
    grep -raFl "$FAKE_KEY" "$work/kill" && fail "the key appears in the files above"
    rm -rf "$work/kill"
done
[ $lost = 0 ] || fail "$lost acknowledged traces are lost or have other bytes"
echo "$hits kills, $outputs outputs of $((120 * n)) traces: $lost acknowledged traces lost, none twice, all complete"
echo "the server got $(count_events kill request) requests and sent $(count_events kill 'done') complete responses"
sed -n 's/.*"fault":"\([^"]\{1,\}\)".*/\1/p' "$work/kill.log" | sort | uniq -c | sort -rn | awk '{ printf "%s %s  ", $2, $1 } END { print "" }'
finish
