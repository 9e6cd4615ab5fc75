#!/bin/sh
# kill -9 and SIGINT at several moments, resumed with other batch sizes and threads: the traces equal those of an
# uninterrupted run, and acknowledged traces are not sampled again.
. "$DISTILL_SOURCE/tests/cli/gen_support.sh"
run() { # with exec, in a subshell: a signal to the background process reaches the program
    exec "$gen" --teacher "$work/teacher" --prompts "$work/prompts.jsonl" --n 6 --max-tokens 200 --logprobs 1 \
        --shard-traces 100 --temperature 1 --top-p 1 "$@"
}
resume() { (run "$@"); }
journal_bytes() { cat "$1"/journal-*.log "$1"/*.h5 2>/dev/null | wc -c; }

# stop_after BYTES SIGNAL DIR OPTIONS...: a run that is stopped when its output has this size
stop_after() {
    bytes=$1 signal=$2 dir=$3
    shift 3
    run --output "$dir" "$@" >"$work/killed.txt" 2>&1 &
    job=$!
    while [ "$(journal_bytes "$dir")" -lt "$bytes" ] && kill -0 $job 2>/dev/null; do sleep 0.01; done
    kill -"$signal" $job 2>/dev/null
    wait $job 2>/dev/null
    result=$?
    [ -e "$dir/manifest.json" ] && echo "$dir: the run had ended before the signal"
}

expect 0 'traces     240 in' resume --output "$work/whole"
through=$(digest "$work/whole")
size=$(journal_bytes "$work/whole")
killed=0
for moment in 1:1:1 5:3:2 20:64:1 50:7:3 80:16:2; do # percent of the output, batch size, threads
    percent=${moment%%:*} rest=${moment#*:}
    dir=$work/killed-$percent
    stop_after $((size * percent / 100)) KILL "$dir" --batch-size "${rest%%:*}" --threads "${rest#*:}"
    [ $result = 137 ] && killed=$((killed + 1))
    expect 0 'traces     240 in' resume --output "$dir"
    [ "$(digest "$dir")" = "$through" ] || fail "killed at $percent%: other traces"
    echo "killed at $percent% (batch ${rest%%:*}, threads ${rest#*:}) and resumed: $(digest "$dir")"
done
[ $killed -ge 3 ] || fail "only $killed of 5 runs were alive when they were killed"

# one output killed repeatedly, each time with other settings that must not change the traces
round=0
dir=$work/again
while [ ! -e "$dir/manifest.json" ] && [ $round -lt 6 ]; do
    round=$((round + 1))
    stop_after $((size * round / 6)) KILL "$dir" --batch-size $((round * 5)) --threads $((round % 3 + 1))
done
expect 0 'traces     240 in' resume --output "$dir"
[ "$(digest "$dir")" = "$through" ] || fail "killed $round times: other traces"

# an interrupted run says how to resume, keeps its traces, and resumes
dir=$work/interrupted
stop_after $((size * 30 / 100)) INT "$dir" --batch-size 4
if [ $result = 130 ]; then
    grep -qF 'run the same command' "$work/killed.txt" || fail "an interrupted run should say how to resume"
    expect 0 'of earlier runs' resume --output "$dir" --batch-size 9
    grep -qF 'resuming' "$work/out.txt" || fail "a resumed run should say so"
else
    fail "SIGINT: exit $result, expected 130"
fi
[ "$(digest "$dir")" = "$through" ] || fail "interrupted: other traces"
dir=$work/terminated
stop_after $((size * 60 / 100)) TERM "$dir" --batch-size 4
[ $result = 130 ] || [ -e "$dir/manifest.json" ] || fail "SIGTERM: exit $result, expected 130"
expect 0 'traces     240 in' resume --output "$dir"
[ "$(digest "$dir")" = "$through" ] || fail "terminated: other traces"
echo "uninterrupted:                               $through"
finish
