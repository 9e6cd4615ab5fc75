#!/bin/sh
# distill run: stages run in order; those that are done are skipped, changed ones and those after them run
# again; failures and interruptions are reported.
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
grep -q 'stage a: sh exited with status 3' err
cat >slow.json <<'J'
{"stages": [{"name": "a", "command": ["sh", "-c", "touch running; exec sleep 600"]}]}
J
"$DISTILL_BIN/distill" run slow.json &
while [ ! -e running ]; do sleep 0.05; done
kill -TERM $!
status=0
wait $! || status=$?
[ $status = 130 ]
# Ctrl-C on a terminal reaches the command of a stage once: a second signal would stop it without saving
cat >count.sh <<'S'
trap 'echo INT >>signals; stop=1' INT
trap 'echo TERM >>signals; stop=1' TERM
stop=
touch started
while [ -z "$stop" ]; do sleep 0.05; done
sleep 0.5
exit 130
S
echo '{"stages": [{"name": "a", "command": ["sh", "count.sh"]}]}' >terminal.json
if command -v python3 >/dev/null; then
    python3 - "$DISTILL_BIN/distill" <<'P'
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], ["distill", "run", "terminal.json"])
for _ in range(1200):
    if os.path.exists("started"):
        break
    time.sleep(0.05)
os.write(terminal, b"\x03")
while True:
    try:
        if not os.read(terminal, 4096):
            break
    except OSError:
        break
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
signals = open("signals").read().split()
sys.exit(0 if status == 130 and signals == ["INT"] else "status %d, signals %s" % (status, signals))
P
else
    echo "python3 is not installed: Ctrl-C on a terminal is not tested"
fi
for broken in '{"stages": []}' '{"stages": [{"name": "x", "command": ["true"], "stdot": "o"}]}' \
    '{"stages": [{"name": "x", "command": ["${nothing}"]}]}' '{"stages": [{"name": "x"}]}'; do
    echo "$broken" >broken.json
    if "$DISTILL_BIN/distill" run broken.json 2>err; then exit 1; fi
    grep -q 'broken.json: ' err
done
