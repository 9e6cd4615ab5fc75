#!/bin/sh
# distill verify: counts on stdout, disagreements on stderr, exit statuses.
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
distill=$DISTILL_BIN/distill
bad=0
complain() { echo "$1"; bad=1; }
expect() { # expect WHAT FILE: FILE holds the text
    grep -qF "$1" "$2" || complain "expected $1 in: $(cat "$2")"
}
run() { # run STATUS ARGUMENT...
    expected=$1
    shift
    "$distill" verify "$@" >"$folder/out" 2>"$folder/err"
    got=$?
    [ $got = "$expected" ] || complain "distill verify $*: status $got, expected $expected: $(cat "$folder/err")"
}

cat >"$folder/cases.jsonl" <<'END'
{"gold":"1/2","response":"So it is \\boxed{0.5}.","expected":true}
{"gold":"x^2-1","pred":"(x-1)(x+1)","expected":true}
{"gold":"5","response":"The answer is 6.","expected":true}
{"gold":"5","response":"The answer is 5.","expected":false}
{"gold":"\\pi","response":"\\boxed{3.14}","expected":false}

{"gold":"B","response":"It is either B or D.","expected":null}
{"gold":"B","response":"Therefore (B).","expected":true}
{"gold":"A","response":"The answer is oxygen.","expected":true,"options":{"A":"oxygen","B":"argon"}}
{"gold":"\\frac13","response":"\\boxed{0.33}","expected":true,"config":{"precision":2},"disputed":"convention"}
{"gold":"2k","response":"\\boxed{2n}","expected":true,"config":{"strict":false}}
END
run 0 --cases "$folder/cases.jsonl"
expect '{"cases":10,"agree":7,"false_accept":1,"false_reject":1,"unknown":1,"per_second":' "$folder/out"
expect '"verdicts":{"right":7,"wrong":1,"unknown":2,"truncated":0,"reasons":{"unknown":2}}' "$folder/out"
expect '"undisputed":{"cases":9,"agree":6,"false_accept":1,"false_reject":1,"unknown":1}' "$folder/out"
[ "$(wc -l <"$folder/err")" = 3 ] || complain "three disagreements expected: $(cat "$folder/err")"
expect '{"line":3,"gold":"5","extracted":"6","expected":true,"verdict":"wrong"' "$folder/err"
expect '"line":5,' "$folder/err"

# one domain for all cases
run 0 --cases "$folder/cases.jsonl" --domain math
expect '"cases":10' "$folder/out"
run 1 --cases "$folder/cases.jsonl" --domain choice
expect ':1: gold: a letter from A to J was expected' "$folder/err"

# compressed input
if command -v zstd >/dev/null; then
    zstd -q "$folder/cases.jsonl" -o "$folder/cases.jsonl.zst"
    run 0 --cases "$folder/cases.jsonl.zst"
    expect '"cases":10,"agree":7' "$folder/out"
fi

# a number as the reference answer
printf '{"gold":12.5,"response":"The answer is 25/2.","expected":true}\n' >"$folder/number.jsonl"
run 0 --cases "$folder/number.jsonl"
expect '"cases":1,"agree":1' "$folder/out"

# errors name the line
printf '{"gold":"1","response":"2","expected":true}\n{"gold":"1","expected":true}\n' >"$folder/lack.jsonl"
run 1 --cases "$folder/lack.jsonl"
expect 'lack.jsonl:2: response: expected a string' "$folder/err"
printf '{"gold":"1","response":"2","expected":"yes"}\n' >"$folder/label.jsonl"
run 1 --cases "$folder/label.jsonl"
expect 'expected true, false or null' "$folder/err"
printf '{"gold":"1","resp' >"$folder/cut.jsonl"
run 1 --cases "$folder/cut.jsonl"
run 1 --cases "$folder/absent.jsonl"
run 2
run 2 --cases "$folder/cases.jsonl" --domain poetry
: >"$folder/empty.jsonl"
run 0 --cases "$folder/empty.jsonl"
expect '{"cases":0,"agree":0,' "$folder/out"
exit $bad
