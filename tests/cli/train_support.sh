# Sourced by the training scripts: a scratch folder with a tiny model and data, and checks.
train=$DISTILL_BIN/distill-train
work=$(mktemp -d "${TMPDIR:-/tmp}/distill-train-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=1
failures=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# expect STATUS WORDS COMMAND...: the command's exit status, and words in what it prints
expect() {
    expected=$1 words=$2
    shift 2
    "$@" >"$work/out.txt" 2>&1
    got=$?
    [ $got = "$expected" ] || { fail "exit $got, expected $expected: $*"; sed 's/^/    /' "$work/out.txt"; }
    grep -qF -- "$words" "$work/out.txt" || { fail "no \"$words\" from: $*"; sed 's/^/    /' "$work/out.txt"; }
}

sum() { sha256sum "$1" | cut -d' ' -f1; }

# lines FILE: number of lines, 0 if it is not there
lines() { if [ -f "$1" ]; then wc -l <"$1" | tr -d ' '; else echo 0; fi; }

# field KEY: the values of a key in JSON lines on standard input
field() { sed -n "s/.*\"$1\":\([-0-9.e+]*\).*/\1/p"; }

./make_tiny_model "$work/model" || exit 1
i=0
while [ $i -lt 24 ]; do
    i=$((i + 1))
    printf "%s\n" "{\"prompt\":\"What is $i+$i?\",\"response\":\"<think>\\n$i and $i\\n</think>\\n$((i + i))\"}"
done >"$work/data.jsonl"

finish() {
    [ $failures = 0 ] && echo "all as expected"
    exit $((failures > 0))
}
