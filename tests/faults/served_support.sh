# Sourced by the tests of served teachers: a scratch folder, fake servers, and checks.
gen=$DISTILL_BIN/distill-gen
distill=$DISTILL_BIN/distill
tests=$DISTILL_BUILD/tests
work=$(mktemp -d "${TMPDIR:-/tmp}/distill-served-XXXXXX") || exit 1
servers=
failures=0
unset OPENAI_API_KEY http_proxy https_proxy all_proxy ALL_PROXY SSL_CERT_FILE SSL_CERT_DIR

stop_servers() {
    for pid in $servers; do kill "$pid" 2>/dev/null; done
    servers=
}
trap 'stop_servers; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

finish() {
    [ $failures = 0 ] && echo "all as expected"
    exit $((failures > 0))
}

# serve NAME OPTIONS...: starts a fake teacher. Sets $url and $server (its process); its log is $work/NAME.log
serve() {
    name=$1
    shift
    rm -f "$work/$name.port"
    "$tests/fake_teacher" --port-file "$work/$name.port" --log "$work/$name.log" "$@" 2>"$work/$name.err" &
    server=$!
    servers="$servers $server"
    tries=0
    while [ ! -e "$work/$name.port" ]; do
        tries=$((tries + 1))
        [ $tries -lt 500 ] && kill -0 $server 2>/dev/null || { cat "$work/$name.err"; echo "no server"; exit 1; }
        sleep 0.02
    done
    url=http://127.0.0.1:$(cat "$work/$name.port")/v1
}

# prompts FIRST LAST [WORDS]: prints JSON lines pFIRST … pLAST with WORDS before each question
prompts() {
    awk -v first="$1" -v last="$2" -v words="${3:-}" 'BEGIN {
        for (i = first; i <= last; i++)
            printf "{\"id\":\"p%d\",\"problem\":\"%sWhat is %d + %d?\",\"answer\":\"%d\"}\n", i, words, i, i + 1, 2 * i + 1
    }'
}

# sample_all NAME OPTIONS...: runs distill-gen on $url from $work/NAME.jsonl into $work/NAME. Sets $status; output in NAME.out
sample_all() {
    name=$1
    shift
    "$gen" --teacher "$url" --model fake-teacher --prompts "$work/$name.jsonl" --output "$work/$name" \
        --prompt-template '{prompt}' "$@" >"$work/$name.out" 2>&1
    status=$?
}

# completed NAME N [ERRORS [MAX_TOKENS [REPLY_TOKENS]]]: checks exit 0, and the replies with served_check
completed() {
    [ "$status" = 0 ] || { fail "$1: exit $status"; sed 's/^/    /' "$work/$1.out"; }
    found=$("$tests/served_check" complete "$work/$1" "$2" "${4:-0}" "${5:-0}" 2>&1)
    case $found in
    "traces "*" errors ${3:-0} "*) ;;
    *) fail "$1: expected ${3:-0} errors: $found"; sed 's/^/    /' "$work/$1.out" ;;
    esac
}

# count_events NAME EVENT: prints the number of such lines in the server's log
count_events() { grep -c "\"event\":\"$2\"" "$work/$1.log"; }
