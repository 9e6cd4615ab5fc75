#!/bin/sh
# distill run: stages in order, done ones skipped, changed ones and those after them done again, failures reported.
set -eu
rm -rf recipe-work && mkdir recipe-work && cd recipe-work
cat >r.json <<'J'
{"variables": {"word": "one"},
 "stages": [{"name": "a", "command": ["sh", "-c", "echo ${word} >> log-a; cat"], "stdin": "in", "stdout": "out"},
            {"name": "b", "command": ["sh", "-c", "echo b >> log-b"]}]}
J
echo hello >in
"$DISTILL_BIN/distill" run r.json
"$DISTILL_BIN/distill" run r.json
[ "$(cat out)" = hello ] && [ "$(cat log-a)" = one ] && [ "$(cat log-b)" = b ]
"$DISTILL_BIN/distill" run r.json --set word=two
[ "$(cat log-a | tr '\n' ' ')" = 'one two ' ] && [ "$(wc -l <log-b)" = 2 ]
if "$DISTILL_BIN/distill" run r.json --set wrod=two 2>err; then exit 1; fi
grep -q 'expected NAME=VALUE' err
cat >fail.json <<'J'
{"stages": [{"name": "a", "command": ["sh", "-c", "echo half; exit 3"], "stdout": "half"},
            {"name": "b", "command": ["touch", "never"]}]}
J
status=0
"$DISTILL_BIN/distill" run fail.json 2>err || status=$?
[ $status = 1 ] && [ ! -e half ] && [ ! -e never ]
grep -q 'stage a: sh ended with status 3' err
cat >slow.json <<'J'
{"stages": [{"name": "a", "command": ["sleep", "20"]}]}
J
"$DISTILL_BIN/distill" run slow.json &
sleep 0.5
kill -TERM $!
status=0
wait $! || status=$?
[ $status = 130 ]
for broken in '{"stages": []}' '{"stages": [{"name": "x", "command": ["true"], "stdot": "o"}]}' \
    '{"stages": [{"name": "x", "command": ["${nothing}"]}]}' '{"stages": [{"name": "x"}]}'; do
    echo "$broken" >broken.json
    if "$DISTILL_BIN/distill" run broken.json 2>err; then exit 1; fi
    grep -q 'broken.json: ' err
done
