#!/bin/sh
# distill show: its output, the selection of traces, and that a trace cannot control the terminal.
set -eu
bin=$DISTILL_BIN
rm -rf show && mkdir show && cd show
cat >traces.jsonl <<'END'
{"id":"a","prompt":"What is 2+2?","response":"<think>\nTwo and two.\n</think>\n\n\\boxed{4}","answer":"4","prompt_tokens":7,"response_tokens":9,"correct":true,"extracted":"4","reason":"kept"}
{"id":"a","sample":1,"prompt":"What is 2+2?","response":"\\boxed{5}","answer":"4","finish":"length","correct":false,"extracted":"5","reason":"wrong"}
{"id":"b","prompt":"Red?","response":"\u001b[31mred\u009b31m \u0007é汉","correct":null,"extracted":"","reason":"unknown"}
END
"$bin/distill" import traces.jsonl -o traces --quiet >out
grep -q '^3 traces in traces$' out
expect() { # expect PATTERN: is a line of `out`
    grep -qF -- "$1" out || { echo "\"$1\" is not in:"; cat out; exit 1; }
}
absent() { ! grep -qF -- "$1" out || { echo "\"$1\" should not be in:"; cat out; exit 1; }; }
"$bin/distill" show traces >out
expect '=== trace 0: a'
expect 'sample 0, complete, 7 + 9 tokens, domain math'
expect 'Two and two.'
expect '--- reference answer'
expect '3 of 3 traces'
"$bin/distill" show traces --index 1 >out
expect 'cut off at the token limit'
expect 'verdict: wrong; rejected: wrong (the answer is not the reference answer)'
absent 'trace 0'
"$bin/distill" show traces --id a >out
expect '2 of 3 traces'
absent 'Red?'
"$bin/distill" show traces --rejected >out
expect '2 of 3 traces, rejected ones'
absent 'trace 0'
"$bin/distill" show traces -n 1 >out
expect '1 of 3 traces'
"$bin/distill" show traces/shard-00000.h5 --id b >out
expect '\x1b[31mred\u009b31m \x07é汉'
if LC_ALL=C grep -q "$(printf '\033')" out; then
    echo 'a control character reached the terminal'
    exit 1
fi
fail() { # fail STATUS WORDS ARGUMENTS...
    expected=$1 words=$2 status=0
    shift 2
    "$bin/distill" show "$@" >out 2>&1 || status=$?
    [ $status = "$expected" ] || { echo "status $status for: $*"; cat out; exit 1; }
    expect "$words"
}
fail 1 'no trace with the id "c"' traces --id c
fail 2 'there is no trace 3' traces --index 3
fail 2 'cannot be given together' traces --index 1 --id a
fail 2 'expected one directory'
fail 1 'No such file' nowhere
fail 1 'not a directory of traces' .
"$bin/distill" show traces --verify >out
# neither control characters nor marks that change the direction of text reach the terminal
printf '{"prompt":"p","response":"a\302\233b \342\200\256c\\r\\nd"}\n' >odd.jsonl
"$bin/distill" import odd.jsonl -o odd --quiet >out
"$bin/distill" show odd >out
expect 'a\u009bb \u202ec\x0d'
# damage: the shard, its dataset and the traces are named; the other traces can be shown
awk 'BEGIN {
    srand(3)
    for (i = 0; i < 200; i++) {
        reply = ""
        for (j = 0; j < 1500; j++)
            reply = reply sprintf("%06d", rand() * 1000000)
        printf "{\"id\":\"n%d\",\"prompt\":\"p%d\",\"response\":\"%s\"}\n", i, i, reply
    }
}' >long.jsonl
"$bin/distill" import long.jsonl -o long --shard-traces 100 --quiet >out
"$bin/distill" show long --verify -n 1 >out
printf 'x' | dd of=long/shard-00001.h5 bs=1 seek=200000 conv=notrunc 2>dd.txt
fail 1 'shard-00001.h5: /traces/response/bytes: damaged: ' long --verify
expect '1 of 2 shards damaged'
expect ' cannot be read'
"$bin/distill" show long --index 3 >out
"$bin/distill" show long --skip-damaged --id n199 >out 2>&1
expect '=== trace '
fail 1 'shard-00001.h5: /traces/response/bytes: damaged: ' long -n 200
fail 1 'continue without it: --skip-damaged' long -n 200
status=0
"$bin/distill" export long -o rest.jsonl >out 2>&1 || status=$?
[ $status = 1 ] && [ ! -e rest.jsonl ] || { echo 'a damaged shard was exported'; exit 1; }
expect 'continue without it: --skip-damaged'
"$bin/distill" export long --skip-damaged -o rest.jsonl 2>out
expect 'are left out'
lines=$(wc -l <rest.jsonl)
[ "$lines" -ge 100 ] && [ "$lines" -lt 200 ] || { echo "$lines lines are left"; exit 1; }
"$bin/distill" import long.jsonl -o whole --quiet >out
"$bin/distill" export whole >whole.jsonl
grep -vxFf whole.jsonl rest.jsonl >changed.jsonl || :
[ ! -s changed.jsonl ] || { echo 'a readable trace has changed'; exit 1; }
# the filter refuses a damaged shard by name, or filters the other traces
status=0
"$bin/distill-filter" --input long --output kept --verify none --quiet >out 2>&1 || status=$?
[ $status = 1 ] || { cat out; exit 1; }
expect 'shard-00001.h5: /traces/response/bytes: damaged: '
expect 'continue without it: --skip-damaged'
"$bin/distill-filter" --input long --output kept --verify none --skip-damaged --overwrite --quiet >out 2>&1
"$bin/distill" show kept --verify -n 1 >out
expect "1 of $lines traces"
rm long/shard-00001.h5
fail 1 'shard-00001.h5: No such file' long
"$bin/distill" export long --skip-damaged 2>out | cmp -n 900000 - whole.jsonl
