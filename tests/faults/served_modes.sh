#!/bin/sh
# The same replies in all forms that servers send: thought inline, in a field, without its opening tag; streamed or not;
# n replies at once, rejected or one at a time; with and without usage, log-probabilities and unknown parameters.
. "$DISTILL_SOURCE/tests/faults/served_support.sh"

# mode NAME SERVER-OPTIONS -- SAMPLE-OPTIONS: 12 prompts, 3 samples each
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
    sample_all "$name" -n 3 "$@"
    stop_servers
}
for reasoning in inline reasoning_content reasoning open details; do
    mode "streamed-$reasoning" --reasoning $reasoning --
    completed "streamed-$reasoning" 3
    mode "whole-$reasoning" --reasoning $reasoning --ignore-stream --
    completed "whole-$reasoning" 3
done
# three samples are one request if the server supports it, else three
[ "$(count_events streamed-inline 'done')" = 12 ] || fail "n = 3 should be one request"
mode refused --many refuse --
completed refused 3
mode one --many one --
completed one 3
[ "$(count_events one 'done')" -ge 36 ] || fail "one reply at a time: 36 responses are needed"
mode strict --strict --
completed strict 3
mode strict-alone --strict --many refuse --logprobs refuse --
completed strict-alone 3
mode uncounted --usage no --
completed uncounted 3
# each trace has the tokens of its own reply, however the server counts them
exactly() {
    "$tests/served_check" exact "$work/$1" 3 >"$work/exact" 2>&1 || { fail "$1: tokens"; cat "$work/exact"; }
}
exactly streamed-inline
exactly refused
exactly one
mode each --usage each --
completed each 3
exactly each
mode each-grouped --usage each --tokens-per-event 7 --
completed each-grouped 3
exactly each-grouped
mode running --usage running --tokens-per-event 7 --
completed running 3
exactly running
[ "$(sed -n 's/.*"reply_tokens":\([0-9]*\).*/\1/p' "$work/each/usage.json")" = \
    "$(sed -n 's/.*"event":"done".*"tokens":\([0-9]*\).*/\1/p' "$work/each.log" | awk '{ sum += $1 } END { print sum }')" ] ||
    fail "usage.json has other tokens than the server: $(cat "$work/each/usage.json")"

# servers that close after each response get as many connections as any other
most_open() {
    grep '"path":"/v1/chat/completions".*"n":1' "$work/$1.log" |
        awk '/"event":"request"/ { n++ } /"event":"done"/ { n-- } n > most { most = n } END { print most + 0 }'
}
for connections in keep close http10; do
    serve "connections-$connections" --connections $connections --latency-ms 700
    prompts 1 24 >"$work/connections-$connections.jsonl"
    sample_all "connections-$connections" --concurrency 12
    completed "connections-$connections" 1
    stop_servers
    [ "$(most_open "connections-$connections")" -ge 6 ] ||
        fail "$connections: $(most_open "connections-$connections") requests in flight at once, 12 are allowed"
done

# llama.cpp's server gets one sample a request; behind a proxy its /props are recognised
for sign in '--server-header llama.cpp' --props; do
    mode llama $sign --
    completed llama 3
    grep -q '"event":"request".*"n":3' "$work/llama.log" && fail "$sign: a request with n = 3 to llama.cpp's server"
    grep -q "is llama.cpp's server" "$work/llama.out" || fail "$sign: not recognised"
    rm -rf "$work/llama" "$work/llama.log"
done
mode grouped --tokens-per-event 7 --
completed grouped 3
mode cut -- --max-tokens 15
completed cut 3 0 15
mode cut-apart --reasoning reasoning_content -- --max-tokens 15
[ "$status" = 0 ] || fail "cut-apart: exit $status"
"$distill" export "$work/cut-apart" >"$work/cut-apart.txt"
[ "$(grep -c '"finish":"length"' "$work/cut-apart.txt")" = 36 ] || fail "cut in the thought: the finish should be length"
grep -q '"response":"<think>' "$work/cut-apart.txt" || fail "a thought that was cut should keep its opening tag"
grep -q '</think>' "$work/cut-apart.txt" && fail "a thought that was cut should have no closing tag"
# token counts are the server's, which sends the sum for several replies to one request
"$distill" export "$work/cut" | sed 's/.*"response_tokens":\([0-9]*\).*/\1/' | awk '{ sum += $1 } END { exit sum != 36 * 15 }' ||
    fail "the tokens are not those that the server counted"

# log-probabilities: ids and values as sent by the server
for api in chat plain; do
    template=auto
    [ $api = plain ] && template=chatml
    mode "logprobs-$api" -- --logprobs 2 --chat-template $template
    completed "logprobs-$api" 3
    grep -q '"topk":2' "$work/logprobs-$api/manifest.json" || fail "$api: no log-probabilities"
done
mode plain -- --chat-template chatml
completed plain 3
grep -q '"path":"/v1/completions"' "$work/plain.log" || fail "with --chat-template the prompt should go to /v1/completions"

mode logprobs-ids --logprobs ids -- --logprobs 2
completed logprobs-ids 3

# two servers without a common model are refused before anything is sampled
serve two-a --model model-a
first=$url
serve two-b --model model-b
prompts 1 10 >"$work/two.jsonl"
for named in '' model-a other; do
    "$gen" --teacher "$first" --teacher "$url" ${named:+--model $named} --prompts "$work/two.jsonl" --output "$work/two" \
        >"$work/two.out" 2>&1
    [ $? = 1 ] && grep -q "/v1 lists model-a; .*/v1 lists model-b" "$work/two.out" ||
        { fail "two models ($named): exit $?"; cat "$work/two.out"; }
done
grep -q completions "$work/two-a.log" "$work/two-b.log" && fail "two models: something was sampled"
stop_servers

# what a server says is shown without control characters
serve odd-name --model "$(printf 'odd\033[31m\342\200\256name')"
prompts 1 2 >"$work/odd-name.jsonl"
"$gen" --teacher "$url" --prompts "$work/odd-name.jsonl" --output "$work/odd-name" --prompt-template '{prompt}' \
    >"$work/odd-name.out" 2>&1
status=$?
completed odd-name 1
grep -qF 'model: odd\x1b[31m\u202ename' "$work/odd-name.out" || { fail "a name with control characters"; cat "$work/odd-name.out"; }
stop_servers

# the model need not be named if the server has only one
serve alone
prompts 1 3 >"$work/alone.jsonl"
"$gen" --teacher "$url" --prompts "$work/alone.jsonl" --output "$work/alone" --prompt-template '{prompt}' \
    >"$work/alone.out" 2>&1
status=$?
completed alone 1
grep -q '"path":"/v1/models"' "$work/alone.log" || fail "the list of models was not requested"
# a model that the server does not have, an address without a server
"$gen" --teacher "$url" --model elsewhere --prompts "$work/alone.jsonl" --output "$work/none" >"$work/none.out" 2>&1
[ $? = 1 ] && grep -q 'elsewhere' "$work/none.out" || { fail "an unknown model"; cat "$work/none.out"; }
"$gen" --teacher "$url" --model fake-teacher --retries 0 --prompts "$work/alone.jsonl" --output "$work/again" \
    --teacher http://127.0.0.1:1/v1 --prompt-template '{prompt}' >"$work/again.out" 2>&1
status=$?
completed again 1
stop_servers
"$gen" --teacher http://127.0.0.1:1/v1 --model x --retries 0 --prompts "$work/alone.jsonl" --output "$work/unreachable" \
    >"$work/unreachable.out" 2>&1
[ $? = 1 ] && grep -q '127.0.0.1:1' "$work/unreachable.out" || { fail "no server there"; cat "$work/unreachable.out"; }
finish
