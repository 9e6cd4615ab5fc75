#!/bin/sh
# distill export and import: a round trip changes nothing, plain or compressed; outputs are complete or absent.
set -eu
bin=$DISTILL_BIN
rm -rf exported && mkdir exported && cd exported
same() { cmp "$1" "$2" || { echo "$1 and $2 differ"; exit 1; }; }
cat >traces.jsonl <<'END'
{"id":"a/1","sample":0,"prompt":"p\r\n \"q\" \\frac","response":"<think>\n\u0000\u0001\t é 汉 😀 ﻿</think>\n#### 4","answer":"#### 4","domain":"math","language":"en","finish":"stop","prompt_tokens":3,"response_tokens":12}
{"id":"a/1","sample":5,"prompt":"p","response":"","answer":"","domain":"","language":"","finish":"error","prompt_tokens":0,"response_tokens":0}
{"id":"b","sample":0,"prompt":"q","response":"cut","answer":"\\frac{1}{2}","domain":"choice","language":"zh","finish":"length","prompt_tokens":1,"response_tokens":2147483647}
END
"$bin/distill" import traces.jsonl -o traces --quiet
"$bin/distill" export traces --to jsonl -o again.jsonl
same traces.jsonl again.jsonl
"$bin/distill" export traces >stdout.jsonl
same traces.jsonl stdout.jsonl
"$bin/distill" export traces traces --to hf-messages >messages.jsonl
[ "$(wc -l <messages.jsonl)" = 6 ]
grep -q '^{"messages":\[{"role":"user","content":"q"},{"role":"assistant","content":"cut"}\]}$' messages.jsonl
if command -v zstd >zstd.txt; then
    zstd -q traces.jsonl -o traces.jsonl.zst
    "$bin/distill" import traces.jsonl.zst -o packed --quiet
    "$bin/distill" export packed >packed.jsonl
    same traces.jsonl packed.jsonl
fi
"$bin/distill" import - -o piped --quiet <traces.jsonl
"$bin/distill" export piped >piped.jsonl
same traces.jsonl piped.jsonl
# several shards are exported into one output
"$bin/distill" import traces.jsonl traces.jsonl traces.jsonl -o many --shard-traces 2 --quiet
[ "$(ls many/shard-*.h5 | wc -l)" = 5 ]
cat traces.jsonl traces.jsonl traces.jsonl >thrice.jsonl
"$bin/distill" export many >many.jsonl
same thrice.jsonl many.jsonl
"$bin/distill" export many/shard-00001.h5 >part.jsonl
[ "$(wc -l <part.jsonl)" = 2 ]
# an output named .zst is compressed, and can be imported
"$bin/distill" export many -o many.jsonl.zst
"$bin/distill" import many.jsonl.zst -o many-packed --quiet
"$bin/distill" export many-packed >unpacked.jsonl
same thrice.jsonl unpacked.jsonl
! command -v zstd >zstd.txt || zstd -dcq many.jsonl.zst | cmp - thrice.jsonl
# lines without ids: replies to the same prompt get the same id
cat >plain.jsonl <<'END'
{"question":"one","gold":"1","response":"r1"}
{"question":"two","gold":"2","response":"r2"}
{"question":"one","gold":"1","response":"r3"}
{"problem":"three","generations":["r4","r5"],"answer":3}
END
"$bin/distill" import plain.jsonl -o plain --quiet >out
grep -q '^5 traces' out
"$bin/distill" export plain | cut -d, -f1,2 >ids
cat >expected <<'END'
{"id":"1","sample":0
{"id":"2","sample":0
{"id":"1","sample":1
{"id":"4","sample":0
{"id":"4","sample":1
END
same expected ids
# the same import again, a changed input, --overwrite
"$bin/distill" import plain.jsonl -o plain 2>err >out
grep -q 'complete already' err
cp traces.jsonl plain.jsonl
status=0
"$bin/distill" import plain.jsonl -o plain 2>err || status=$?
[ $status = 1 ] && grep -q 'input-sha256 was' err
"$bin/distill" import plain.jsonl -o plain --overwrite --quiet
"$bin/distill" export plain >over.jsonl
same traces.jsonl over.jsonl
fail() { # fail STATUS WORDS ARGUMENTS...
    expected=$1 words=$2 status=0
    shift 2
    "$bin/distill" "$@" >out 2>&1 || status=$?
    [ $status = "$expected" ] || { echo "status $status for: $*"; cat out; exit 1; }
    grep -qF -- "$words" out || { echo "\"$words\" is not in:"; cat out; exit 1; }
}
printf '{"prompt":"p","response":"r"}\n{"prompt":"p"}\n' >bad.jsonl
fail 1 'bad.jsonl:2: no reply' import bad.jsonl -o bad
printf '{"prompt":"p","response":"r"\n' >cut.jsonl
fail 1 'cut.jsonl:1' import cut.jsonl -o cut
: >empty.jsonl
fail 1 'no traces' import empty.jsonl -o empty
fail 1 'No such file' import nowhere.jsonl -o nowhere
fail 2 'is missing' import traces.jsonl
fail 2 'expected a FILE' import -o x
fail 2 'not one of jsonl|hf-messages' export traces --to parquets
fail 1 'no manifest.json' export bad
# after a bad line has been corrected, the same output can be used
sed 2d bad.jsonl >mended.jsonl
"$bin/distill" import mended.jsonl -o bad >out 2>&1 || { cat out; exit 1; }
if [ -e /dev/full ]; then # output that cannot be written is an error, also that of --help
    for words in 'export traces' 'import --help' '--help'; do
        # shellcheck disable=SC2086
        if "$bin/distill" $words >/dev/full 2>out; then echo "no error: $words"; exit 1; fi
    done
fi
fail 1 'cannot create' export traces -o /nowhere/file
fail 1 'No such file' export traces nowhere -o half.jsonl
[ ! -e half.jsonl ] || { echo 'an incomplete export was left'; exit 1; }

# bad lines are refused with their number, or left out and kept apart
printf '%s\n' '{"prompt":"p","response":"r"}' '{"prompt":"q"}' 'not JSON' '{"prompt":"s","response":"t"}' >faulty.jsonl
printf '{"prompt":"\377","response":"r"}\n' >>faulty.jsonl
! "$bin/distill" import faulty.jsonl -o faulty --quiet 2>err || exit 1
grep -q 'faulty.jsonl:2: no reply.*--skip-bad' err
"$bin/distill" import faulty.jsonl -o faulty --skip-bad --quiet 2>err >out
grep -q '^2 traces' out
grep -q '3 bad lines were skipped' err
[ "$(cut -d, -f1,2 faulty/skipped.jsonl | tr '\n' ' ')" = '{"file":"faulty.jsonl","line":2 {"file":"faulty.jsonl","line":3 {"file":"faulty.jsonl","line":5 ' ]
grep -q 'byte 12, 0xFF, is not valid UTF-8' faulty/skipped.jsonl
grep -q '"text":"not JSON"' faulty/skipped.jsonl
"$bin/distill" export faulty | cut -d, -f1 >ids
printf '%s\n' '{"id":"1"' '{"id":"4"' >expected
same expected ids
# conversations and fields without a column come out as they went in
cat >talks.jsonl <<'END'
{"id":"1","sample":0,"prompt":"v","response":"b","answer":"","domain":"math","language":"","finish":"stop","prompt_tokens":0,"response_tokens":0,"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"","tool_calls":[{"name":"f","arguments":{"x":1.5}}]},{"role":"tool","content":"5"},{"role":"user","content":"v"}],"extra":{"source":"x","tools":[{"name":"f"}]}}
{"id":"2","sample":0,"prompt":"w","response":"c","answer":"","domain":"math","language":"","finish":"stop","prompt_tokens":0,"response_tokens":0}
END
"$bin/distill" import talks.jsonl -o talks --quiet
"$bin/distill" export talks >again.jsonl
same talks.jsonl again.jsonl
"$bin/distill" export talks --to hf-messages >messages.jsonl
head -1 messages.jsonl | grep -qF '"content":"v"},{"role":"assistant","content":"b"}],"tools":[{"name":"f"}]}'
"$bin/distill" import messages.jsonl -o talks2 --quiet
"$bin/distill" export talks2 | sed 's/"source":"x",//' >again.jsonl
sed 's/"source":"x",//' talks.jsonl >expected
same expected again.jsonl

# a JSON array and a table come back as the same traces, several inputs and blocks too
for to in json csv; do
    "$bin/distill" export traces talks traces -o all.$to --to $to
    "$bin/distill" import all.$to -o from-$to --quiet
    "$bin/distill" export from-$to >again.jsonl
    cat traces.jsonl talks.jsonl traces.jsonl >expected
    if [ $to = csv ]; then # a table has a cell for each column: an empty one is none
        sed 's/"domain":""/"domain":"math"/' expected >e && mv e expected
    fi
    same expected again.jsonl
done
"$bin/distill" export traces --to json | head -c 2 | grep -q '^\[$'
printf 'question,answer,level\n"What is 2, and 2?",4,easy\n' >p.csv
"$bin/distill-gen" --teacher builtin --prompts p.csv --output sampled --max-tokens 8 --quiet
"$bin/distill" export sampled | grep -q '"prompt":"What is 2, and 2?".*"answer":"4".*"extra":{"level":"easy"}'
