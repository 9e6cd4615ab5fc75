#!/bin/sh
# kill -9 at three moments: each resumed run ends with the same bytes as an uninterrupted one.
. "$DISTILL_SOURCE/tests/cli/train_support.sh"
run() { # exec: the process of the subshell becomes the program, so that a kill reaches it
    exec "$train" --model "$work/model" --data "$work/data.jsonl" --batch-size 4 -l 3e-3 --threads 2 --max-steps 120 \
        --save-every 7 --keep 2 --quiet --output "$1"
}
resume() { (run "$1"); }
expect 0 'trained:' resume "$work/through"
uninterrupted=$(sum "$work/through/model.safetensors")
killed=0
for moment in 3 40 90; do
    out=$work/killed-$moment
    run "$out" >/dev/null 2>&1 &
    job=$!
    while [ "$(lines "$out/metrics.jsonl")" -lt $moment ] && kill -0 $job 2>/dev/null; do sleep 0.01; done
    kill -9 $job 2>/dev/null
    wait $job 2>/dev/null
    [ $? = 137 ] && killed=$((killed + 1))
    [ -e "$out/model.safetensors" ] && echo "moment $moment: the run had ended before the kill"
    for dir in "$out"/checkpoints/step-*; do
        [ ! -d "$dir" ] || [ -s "$dir/training_state.json" ] || fail "$dir is incomplete"
    done
    # an incomplete line of metrics, as a kill in the middle of a write may leave
    [ -e "$out/model.safetensors" ] || printf '{"step":999,"lo' >>"$out/metrics.jsonl"
    expect 0 '' resume "$out"
    [ "$(sum "$out/model.safetensors")" = "$uninterrupted" ] || fail "killed at step $moment: other weights"
    [ "$(field loss <"$out/metrics.jsonl" | cksum)" = "$(field loss <"$work/through/metrics.jsonl" | cksum)" ] ||
        fail "killed at step $moment: other metrics"
    echo "killed after $moment steps and resumed: $(sum "$out/model.safetensors")"
done
[ $killed -ge 2 ] || fail "only $killed of 3 runs were alive when they were killed"
echo "uninterrupted:                    $uninterrupted"
finish
