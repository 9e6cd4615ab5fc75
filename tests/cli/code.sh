#!/bin/sh
# Programs from import to verdict: traces keep their tests, and distill-filter and distill verify run them.
set -u
rm -rf code-work && mkdir code-work && cd code-work || exit 1
bad=0
fail() {
    echo "$*"
    bad=1
}
holds() { # holds FILE WORDS
    grep -qF -e "$2" "$1" || fail "$1 does not hold $2: $(head -c 600 "$1")"
}

"$DISTILL_BIN/distill" doctor >doctor.txt 2>&1 || fail 'doctor failed'
holds doctor.txt 'sandbox'
if ! grep -q 'sandbox.*works' doctor.txt; then
    grep 'sandbox' doctor.txt
    echo 'skipped: no sandbox on this machine'
    exit 77
fi

cat >traces.jsonl <<'J'
{"id":"sum","prompt":"Add two numbers.","tests":[{"input":"1 2\n","output":"3\n"},{"input":"-1 1","output":"0"}],"response":"<think>easy</think>\n```python\nprint(sum(map(int, input().split())))\n```"}
{"id":"sum","sample":1,"prompt":"Add two numbers.","tests":[{"input":"1 2\n","output":"3\n"},{"input":"-1 1","output":"0"}],"response":"```python\nprint(3)\n```"}
{"id":"sum","sample":2,"prompt":"Add two numbers.","tests":[{"input":"1 2\n","output":"3\n"},{"input":"-1 1","output":"0"}],"response":"I do not know."}
{"task_id":"He/0","prompt":"def f(x):\n    \"\"\" Twice. \"\"\"\n","entry_point":"f","test":"def check(g):\n    assert g(2) == 4\n","response":"    return 2 * x\n"}
{"task_id":"He/0","sample":1,"prompt":"def f(x):\n    \"\"\" Twice. \"\"\"\n","entry_point":"f","test":"def check(g):\n    assert g(2) == 4\n","response":"    import os\n    os._exit(0)\n"}
{"id":"none","prompt":"Write nothing.","domain":"code","response":"```python\npass\n```"}
{"id":"math","prompt":"1+1?","answer":"2","response":"\\boxed{2}"}
J
"$DISTILL_BIN/distill" import traces.jsonl -o traces 2>import.txt || fail "import: $(cat import.txt)"
"$DISTILL_BIN/distill-filter" --input traces --output kept --rejected rejected --report report.json >table.txt 2>&1 ||
    fail "filter: $(cat table.txt)"
holds report.json '"seen":7,"kept":3,'
holds report.json '"wrong":2,'
holds report.json '"no_answer":1'
holds report.json '"unknown":1'
"$DISTILL_BIN/distill" export rejected --to jsonl >rejected.jsonl || fail 'export'
holds rejected.jsonl '"extracted":"test 2 of 2: word 1 of the output: expected 0, found 3"'
holds rejected.jsonl 'the program ended during the tests'

# export and import preserve the tests
"$DISTILL_BIN/distill" export kept --to jsonl >kept.jsonl || fail 'export'
holds kept.jsonl '"tests":"[{\"input\":\"1 2\\n\",\"output\":\"3\\n\"},{\"input\":\"-1 1\",\"output\":\"0\"}]"'
"$DISTILL_BIN/distill" import kept.jsonl -o again 2>import.txt || fail "import: $(cat import.txt)"
"$DISTILL_BIN/distill" export again --to jsonl >again.jsonl || fail 'export'
cmp kept.jsonl again.jsonl || fail 'the tests changed'

# all as code; traces without tests are unknown
"$DISTILL_BIN/distill-filter" --input traces --output code --verify code --report report.json >table.txt 2>&1 ||
    fail "filter --verify code: $(cat table.txt)"
holds report.json '"kept":2,'
holds report.json '"unknown":2'

# labelled cases
cat >cases.jsonl <<'J'
{"tests":["assert f(3) == 9"],"response":"```python\nf = lambda x: x * x\n```","expected":true}
{"tests":["assert f(3) == 9"],"response":"```python\nf = lambda x: x + x\n```","expected":true}
{"gold":"2","response":"\\boxed{2}","expected":true}
{"domain":"code","response":"```python\npass\n```","expected":null}
J
"$DISTILL_BIN/distill" verify --cases cases.jsonl >out.txt 2>err.txt || fail "verify: $(cat err.txt)"
holds out.txt '{"cases":4,"agree":3,"false_accept":0,"false_reject":1,'
holds err.txt 'f(3) gave 6'

# programs in all layouts of replies and tests, each with its verdict
table=$DISTILL_SOURCE/tests/tables/programs.jsonl
"$DISTILL_BIN/distill" verify --cases "$table" >out.txt 2>err.txt || fail "verify: $(cat err.txt)"
holds out.txt "{\"cases\":$(wc -l <"$table"),\"agree\":$(wc -l <"$table"),"
[ -s err.txt ] && fail "$(cat err.txt)"
exit $bad
