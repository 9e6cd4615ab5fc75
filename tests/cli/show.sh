#!/bin/sh
# distill show: what is printed, which traces, and that a trace cannot command the terminal.
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
expect '?[31mred?31m ?é汉'
if LC_ALL=C grep -q "$(printf '\033')" out; then
    echo 'a control character reached the terminal'
    exit 1
fi
fail() { # fail STATUS WORDS ARGUMENTS...
    wanted=$1 words=$2 status=0
    shift 2
    "$bin/distill" show "$@" >out 2>&1 || status=$?
    [ $status = "$wanted" ] || { echo "status $status for: $*"; cat out; exit 1; }
    expect "$words"
}
fail 1 'no trace with the id "c"' traces --id c
fail 2 'there is no trace 3' traces --index 3
fail 2 'exclude each other' traces --index 1 --id a
fail 2 'expected one directory'
fail 1 'No such file' nowhere
fail 1 'not a directory of traces' .
"$bin/distill" show traces --verify >out
# a flipped byte is found, naming the shard
printf 'x' | dd of=traces/shard-00000.h5 bs=1 seek=5000 conv=notrunc 2>dd.txt
fail 1 'shard-00000.h5' traces --verify
