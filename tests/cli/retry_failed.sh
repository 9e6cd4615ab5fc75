#!/bin/sh
# distill-gen --retry-failed: samples that failed permanently are sampled again, other traces keep their bytes.
set -u
work=$(mktemp -d "${TMPDIR:-/tmp}/distill-retry-XXXXXX") || exit 1
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1
gen=$DISTILL_BIN/distill-gen
fail() { echo "FAILED: $1"; cat err 2>/dev/null; exit 1; }

i=0
while [ $i -lt 12 ]; do
    case $i in
    3 | 7) printf '{"id":"p%d","prompt":"number %d [fault:400*1]"}\n' $i $i ;;
    5) printf '{"id":"p%d","prompt":"number %d [fault:400]"}\n' $i $i ;;
    *) printf '{"id":"p%d","prompt":"number %d"}\n' $i $i ;;
    esac
    i=$((i + 1))
done >prompts.jsonl
"$DISTILL_BUILD/tests/fake_teacher" --port-file port --log log.jsonl --life 120 &
server=$!
while [ ! -s port ]; do sleep 0.05; done
run() {
    "$gen" --teacher "http://127.0.0.1:$(cat port)/v1" --model fake-teacher --prompts prompts.jsonl \
        -n 2 --max-tokens 60 --shard-traces 10 --output out "$@" >report 2>err
}
errors() { sed -n 's/.*"errors":\([0-9]*\).*/\1/p' out/manifest.json; }

run || fail 'the first run'
[ "$(errors)" = 6 ] || fail "6 samples should have failed: $(errors)"
grep -q 'failed *6 samples' report || fail 'the report lacks the number of failures'
"$DISTILL_BIN/distill" export out --to jsonl -o first.jsonl || fail 'export'
grep -q '"error":"HTTP 400' first.jsonl || fail 'no reason is stored'
run || fail 'a complete output'
grep -q '6 of its samples failed' err || fail 'no note about the failures of a complete output'

run --retry-failed || fail 'the second try'
[ "$(errors)" = 2 ] || fail "2 samples should still fail: $(errors)"
[ ! -e out/.retry ] || fail 'out/.retry is still there'
"$DISTILL_BIN/distill" show out --verify >/dev/null || fail 'a checksum'
"$DISTILL_BIN/distill" export out --to jsonl -o second.jsonl || fail 'export'
[ "$(wc -l <second.jsonl)" = 24 ] || fail 'traces are missing'
grep -v '"finish":"error"' first.jsonl >kept
[ "$(grep -cFxf kept second.jsonl)" = 18 ] || fail 'traces that had not failed have changed'
[ "$(cut -d, -f1,2 second.jsonl | uniq -d | wc -l)" = 0 ] || fail 'a trace is there twice'

# killed when the new shards are complete: the next run replaces the old ones
cp -r out before
mkdir -p out/.retry
mv out/shard-00001.h5 out/shard-00002.h5 out/manifest.json out/.retry/
exec 9>out/.lock
flock 9
run && fail 'shards were replaced while another process had the output'
grep -q 'another process' err || fail 'the other process is not named'
[ -e out/.retry/manifest.json ] || fail '.retry was used while another process had the output'
exec 9>&-
run || fail 'after a kill while shards were replaced'
diff -r -x .lock before out || fail 'the shards were not replaced'
echo 'failed samples can be sampled again'
