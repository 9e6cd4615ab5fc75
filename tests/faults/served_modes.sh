#!/bin/sh
# The same replies, however a server tells them: think part inline, apart, without its opening tag; streamed or whole;
# several at once, refused or one at a time; with and without counts, log-probabilities and unknown parameters.
. "$DISTILL_SOURCE/tests/faults/served_support.sh"

# mode NAME SERVER-OPTIONS -- ASK-OPTIONS: 12 prompts, 3 samples each
mode() {
    name=$1 server_options=
    shift
    while [ "$1" != -- ]; do
        server_options="$server_options $1"
        shift
    done
    shift
    serve "$name" $server_options
    prompts 1 12 >"$work/$name.jsonl"
    ask "$name" -n 3 "$@"
    stop_servers
}
for reasoning in inline reasoning_content reasoning open; do
    mode "streamed-$reasoning" --reasoning $reasoning --
    completed "streamed-$reasoning" 3
    mode "whole-$reasoning" --reasoning $reasoning --ignore-stream --
    completed "whole-$reasoning" 3
done
# three samples are one request where that is possible, and three where it is not
[ "$(count_events streamed-inline 'done')" = 12 ] || fail "n = 3 should go as one request"
mode refused --many refuse --
completed refused 3
mode one --many one --
completed one 3
[ "$(count_events one 'done')" -ge 36 ] || fail "one reply at a time: 36 answers are needed"
mode strict --strict --
completed strict 3
mode strict-alone --strict --many refuse --logprobs refuse --
completed strict-alone 3
mode uncounted --usage no --
completed uncounted 3
mode grouped --tokens-per-event 7 --
completed grouped 3
mode cut -- --max-tokens 15
completed cut 3 0 15
mode cut-apart --reasoning reasoning_content -- --max-tokens 15
[ "$status" = 0 ] || fail "cut-apart: exit $status"
"$distill" export "$work/cut-apart" >"$work/cut-apart.txt"
[ "$(grep -c '"finish":"length"' "$work/cut-apart.txt")" = 36 ] || fail "cut within the think part: finish is length"
grep -q '"response":"<think>' "$work/cut-apart.txt" || fail "a cut think part keeps its tag"
grep -q '</think>' "$work/cut-apart.txt" && fail "a think part that was cut has no end"
# counts are the server's; of several replies to one request it tells the sum
"$distill" export "$work/cut" | sed 's/.*"response_tokens":\([0-9]*\).*/\1/' | awk '{ sum += $1 } END { exit sum != 36 * 15 }' ||
    fail "tokens as the server counted them"

# log-probabilities: ids and numbers as the server gave them
for api in chat plain; do
    template=auto
    [ $api = plain ] && template=chatml
    mode "logprobs-$api" -- --logprobs 2 --chat-template $template
    completed "logprobs-$api" 3
    grep -q '"topk":2' "$work/logprobs-$api/manifest.json" || fail "$api: no log-probabilities"
done
mode plain -- --chat-template chatml
completed plain 3
grep -q '"path":"/v1/completions"' "$work/plain.log" || fail "a chat template of our own goes to /v1/completions"

# the model need not be named where there is one
serve alone
prompts 1 3 >"$work/alone.jsonl"
"$gen" --teacher "$url" --prompts "$work/alone.jsonl" --output "$work/alone" --prompt-template '{prompt}' \
    >"$work/alone.out" 2>&1
status=$?
completed alone 1
grep -q '"path":"/v1/models"' "$work/alone.log" || fail "the servers' models were not asked for"
# a model that the server does not have, an address where nobody is
"$gen" --teacher "$url" --model elsewhere --prompts "$work/alone.jsonl" --output "$work/none" >"$work/none.out" 2>&1
[ $? = 1 ] && grep -q 'elsewhere' "$work/none.out" || { fail "an unknown model"; cat "$work/none.out"; }
"$gen" --teacher "$url" --model fake-teacher --retries 0 --prompts "$work/alone.jsonl" --output "$work/again" \
    --teacher http://127.0.0.1:1/v1 --prompt-template '{prompt}' >"$work/again.out" 2>&1
status=$?
completed again 1
stop_servers
"$gen" --teacher http://127.0.0.1:1/v1 --model x --retries 0 --prompts "$work/alone.jsonl" --output "$work/nobody" \
    >"$work/nobody.out" 2>&1
[ $? = 1 ] && grep -q '127.0.0.1:1' "$work/nobody.out" || { fail "nobody there"; cat "$work/nobody.out"; }
finish
