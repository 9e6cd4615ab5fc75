#!/bin/sh
# distill-bench: the table, results.json, report.html and samples; resuming; refusals. The model is random, so every
# reply is forced to begin with the same answer, which is right for some of the problems.
set -u
rm -rf bench-work && mkdir bench-work && cd bench-work || exit 1
bench=$DISTILL_BIN/distill-bench
bad=0
fail() {
    echo "$*"
    bad=1
}
check() { # check WANTED-STATUS WORDS COMMAND...
    expected=$1 words=$2
    shift 2
    "$@" >out.txt 2>&1 </dev/null
    got=$?
    [ $got = "$expected" ] || fail "status $got, expected $expected: $* ($(tail -n 3 out.txt))"
    grep -qF -e "$words" out.txt || fail "\"$words\" is not in the output of $*: $(tail -n 3 out.txt)"
}
holds() { # holds FILE WORDS
    grep -qF -e "$2" "$1" || fail "$1 does not hold $2"
}

"$DISTILL_BUILD/tests/bench_tiny_model" tiny || exit 1
cat >own.jsonl <<'J'
{"id": "a", "problem": "3+4?", "answer": "7"}
{"id": "b", "problem": "14/2?", "answer": 7.0}
{"id": "c", "problem": "4+4?", "answer": "8"}
{"id": "d", "problem": "3*3?", "answer": "9"}
J
prefix='<think></think>\boxed{7}. '
start() { # start OUTPUT OPTIONS...: becomes the program, so that $! is its process
    output=$1
    shift
    exec "$bench" --model tiny=tiny --suite own=own.jsonl --output "$output" --think-prefix "$prefix" -n 4 \
        --max-tokens 24 --stop '}' "$@"
}
run() {
    (start "$@")
}

# two of four problems are right, whatever text follows the answer
run out --model again=tiny >table.txt 2>notes.txt </dev/null || fail "the run failed: $(cat notes.txt)"
holds table.txt 'own (4 problems, n=4)'
[ "$(grep -c '50.0% ±' table.txt)" = 2 ] || fail "two rows with 50.0% expected: $(cat table.txt)"
holds table.txt 'again - tiny'
holds table.txt 'not distinguishable'
holds out/results.json '"pass@1":0.5,"ci95":['
holds out/results.json '"verdicts":{"right":8,"wrong":8,"unknown":0,"truncated":'
holds table.txt 'own   tiny: 8 right, 8 wrong, 0 unknown; '
holds out/results.json '"cons@n":0.5,"n":4,"problems":4,'
holds out/results.json '"difference":0,'
holds out/problems/own.jsonl '{"id":"b","prompt":"14/2?","answer":"7'
holds out/report.html 'name="viewport"'
grep -qE '<script|http://|https://|src=' out/report.html && fail 'report.html refers to other files'
[ -s out/samples/tiny/own/manifest.json ] || fail 'the samples are missing'
"$DISTILL_BIN/distill" export out/samples/tiny/own --to jsonl >samples.jsonl || fail 'export of the samples failed'
[ "$(wc -l <samples.jsonl)" = 16 ] || fail '16 samples expected'
[ "$(grep -c '"correct":true' samples.jsonl)" = 8 ] || fail '8 right samples expected'
[ "$(grep -cF '"extracted":"7"' samples.jsonl)" = 16 ] || fail '16 extracted answers expected'

# a finished run is not changed; other settings are refused by name; --overwrite starts afresh
before=$(cksum <out/results.json)
check 0 'nothing to do' run out --model again=tiny
[ "$before" = "$(cksum <out/results.json)" ] || fail 'a finished run was written again'
check 1 'the setting temperature was' run out --model again=tiny --temperature 0.7
check 1 'the setting model was' run out
cp tiny/config.json kept.json
echo >>tiny/config.json # as if it had been trained again
check 1 'the setting checkpoints' run out --model again=tiny
mv kept.json tiny/config.json
check 0 '50.0%' run out --overwrite
grep -qF again out/results.json && fail 'the overwritten run is still in the results'

# a killed run is resumed, and gives the samples of an uninterrupted one with any batch size and threads
samples() { # samples OUTPUT: every reply, in order
    "$DISTILL_BIN/distill" export "$1/samples/tiny/own" --to jsonl
}
journal_bytes() {
    cat parts/samples/tiny/own/journal-*.log 2>/dev/null | wc -c
}
stored() { # stored BYTES: waits until the journal of parts/ has more bytes
    for _ in $(seq 400); do
        [ "$(journal_bytes)" -gt "$1" ] && return
        sleep 0.05
    done
}
run whole -n 200 --max-tokens 100 --threads 1 --batch-size 3 >/dev/null 2>&1 || fail 'the whole run failed'
start parts -n 200 --max-tokens 100 --threads 2 >/dev/null 2>&1 &
stored 20000
kill -9 $! 2>/dev/null
wait $! 2>/dev/null
[ -e parts/results.json ] && fail 'the run was not killed in time: nothing is tested'
before=$(journal_bytes)
start parts -n 200 --max-tokens 100 --threads 2 --batch-size 16 >/dev/null 2>&1 &
stored $((before + 20000))
kill -INT $! 2>/dev/null
wait $!
status=$?
[ $status = 130 ] || fail "status $status after SIGINT, expected 130"
run parts -n 200 --max-tokens 100 --threads 2 >/dev/null 2>&1 || fail 'resuming failed'
samples whole >whole.jsonl
samples parts >parts.jsonl
[ "$(wc -l <whole.jsonl)" = 800 ] || fail '800 replies expected'
cmp -s whole.jsonl parts.jsonl || fail 'an interrupted run gives other replies'
scores() {
    sed -e 's/"tokens_per_s":[^,]*,//' "$1/results.json" | grep '"pass@1"'
}
[ "$(scores whole)" = "$(scores parts)" ] || fail 'an interrupted run gives other scores'

# a reply that was cut within its thought is not right, although it names the answer
"$bench" --model tiny=tiny --suite own=own.jsonl --output cut --think-prefix '<think>\boxed{7}' -n 2 --max-tokens 4 \
    >/dev/null 2>&1 </dev/null || fail 'the cut run failed'
holds cut/results.json '"pass@1":0,'
holds cut/results.json '"unknown":0,"verdicts":{"right":0,"wrong":0,"unknown":8,"truncated":8,"reasons":{"truncated":8}}'
holds cut/results.json '"cons@n":0,'

# choices and programs: the reply begins with the same answer to both problems, and is right for one
cat >choice.csv <<'J'
Record ID,Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3
r1,"Which, of ""all"",
is it?",one,two,three,four
J
cat >HumanEval.jsonl <<'J'
{"task_id": "H/0", "prompt": "def f(x):\n    \"\"\" Same. \"\"\"\n", "entry_point": "f", "test": "def check(g):\n    assert g(2) == 2\n"}
{"task_id": "H/1", "prompt": "def f(x):\n    \"\"\" Twice. \"\"\"\n", "entry_point": "f", "test": "def check(g):\n    assert g(2) == 4\n"}
J
"$bench" --model tiny=tiny --suite gpqa=choice.csv --suite humaneval=HumanEval.jsonl --output code -n 2 --max-tokens 4 \
    --think-prefix '<think></think>\boxed{A}
```python
def f(x):
    return x
```
' >/dev/null 2>notes.txt </dev/null || fail "the run on programs failed: $(cat notes.txt)"
holds code/problems/gpqa.jsonl '"prompt":"Which, of \"all\",\nis it?\n\n(A) '
holds code/problems/humaneval.jsonl '"domain":"code"'
"$DISTILL_BIN/distill" export code/samples/tiny/humaneval --to jsonl >samples.jsonl
if grep -q 'no sandbox' samples.jsonl; then
    echo "no sandbox on this machine: programs are not run"
else
    [ "$(grep -c '"correct":true,"extracted":"all tests passed' samples.jsonl)" = 2 ] || fail "2 right programs expected"
    [ "$(grep -c '"correct":false,"extracted":"assert g(2) == 4; f(2) gave 2' samples.jsonl)" = 2 ] ||
        fail "2 wrong programs expected: $(cat samples.jsonl)"
    grep -q '"tests"' samples.jsonl && fail 'the tests are in the samples'
fi

# other spellings
echo '{"num_generations": 1, "max_new_tokens": 4, "tasks": ["builtin:arithmetic:3"], "limit": 2}' >config.json
check 0 'builtin:arithmetic:3 (2 problems, n=1)' "$bench" --model tiny --config config.json --output_path spelled

# refusals
check 2 '--suite gsm8k=FILE' "$bench" --model tiny --tasks gsm8k --output no
check 1 'absent.csv' "$bench" --model tiny --suite gpqa=absent.csv --output no
check 2 'expected a day' "$bench" --model tiny --suite builtin:word --since 2025 --output no
check 1 'connect' "$bench" --model t=http://127.0.0.1:1/v1 --suite builtin:word --output no
check 2 'NAME=URL' "$bench" --model http://127.0.0.1:1/v1 --suite builtin:word --output no
check 2 'user or password' "$bench" --model t=http://u:p@127.0.0.1:1/v1 --suite builtin:word --output no
check 1 'is not a directory' "$bench" --model absent --suite builtin:arithmetic:2 --output no
check 1 'absent.jsonl' "$bench" --model tiny --suite x=absent.jsonl --output no
check 2 'given twice' "$bench" --model tiny tiny --suite own=own.jsonl --output no
check 2 'from 1 to 4' run no --k 8
check 2 '--suite is missing' "$bench" --model tiny --output no
check 2 '--output is missing' "$bench" --model tiny --suite own=own.jsonl
[ -e no ] && fail 'a refused run left an output'
# tables by a field of the problems
printf '%s\n' '{"prompt":"a","answer":"7","level":10}' '{"prompt":"b","answer":"7","level":9,"kind":"x"}' \
    '{"prompt":"c","answer":"8","level":10}' >levels.jsonl
"$bench" --model tiny=tiny --suite levels=levels.jsonl --output levels --think-prefix '<think>\boxed{7}</think>\boxed{7}' \
    -n 2 --max-tokens 4 --by level --by kind >table 2>/dev/null || fail 'no table by level'
grep -q '^9  *1  *[0-9]*\.0% ± ' table || fail 'level 9 is missing'
grep -q '^10  *2  *[0-9.]*% ± ' table || fail 'level 10 is missing'
[ "$(grep -n '^9 ' table | cut -d: -f1)" -lt "$(grep -n '^10 ' table | cut -d: -f1)" ] || fail 'levels are not sorted as numbers'
grep -q '^(none)  *2 ' table || fail 'problems without the field are missing'
grep -q '"9":{"tiny":{"pass@1":[0-9.]*,"ci95":\[[0-9.,]*\],"problems":1}}' levels/results.json || fail 'results.json has no levels'
check 2 'no problem has this field; there are level, ' "$bench" --model tiny=tiny --suite levels=levels.jsonl --output no2 --by grade
exit $bad
