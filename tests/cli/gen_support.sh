# Sourced by the scripts about distill-gen: a scratch folder with a tiny teacher and prompts, and checks.
gen=$DISTILL_BIN/distill-gen
work=$(mktemp -d "${TMPDIR:-/tmp}/distill-gen-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
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

# digest DIR: checksum of the content of its traces, and their number
digest() { ./trace_digest "$1"; }

# same A B: two outputs contain the same traces
same() { [ "$(digest "$1")" = "$(digest "$2")" ] || fail "$1 and $2 hold different traces"; }

./make_tiny_model "$work/teacher" || exit 1
i=0
while [ $i -lt 40 ]; do
    i=$((i + 1))
    printf '%s\n' "{\"id\":\"p$i\",\"problem\":\"What is $i + $i?\",\"answer\":$((i + i))}"
done >"$work/prompts.jsonl"

finish() {
    [ $failures = 0 ] && echo "all as expected"
    exit $((failures > 0))
}
