#!/bin/sh
# The key is sent to its server in one header and occurs nowhere else; it is sent only if the certificate is valid.
. "$DISTILL_SOURCE/tests/faults/served_support.sh"
FAKE_KEY=sk-do-not-tell-0123456789abcdef
export FAKE_KEY
OPENAI_API_KEY=$FAKE_KEY
export OPENAI_API_KEY

serve away
away=$url
serve with-key --key-env FAKE_KEY --away "$away/chat/completions" --event-ms 20
prompts 1 20 >"$work/with-key.jsonl"
for fault in 400-echo 403 redirect-away 500-echo*1; do
    number=$((${number:-50} + 1))
    prompts $number $number "[fault:$fault] " >>"$work/with-key.jsonl"
done
"$gen" --teacher "$url" --model fake-teacher --prompts "$work/with-key.jsonl" --output "$work/with-key" \
    --prompt-template '{prompt}' --log-file "$work/with-key.events" >"$work/with-key.out" 2>&1 &
job=$!
while [ ! -s "$work/with-key.log" ] && kill -0 $job 2>/dev/null; do sleep 0.02; done
tr '\0' ' ' </proc/$job/cmdline >"$work/cmdline"
wait $job
status=$?
grep -q teacher "$work/cmdline" || fail "the command line was not seen"
completed with-key 1 3
grep -q '"key":"right"' "$work/with-key.log" || fail "no request had the key"
grep -qE '"key":"(none|wrong)"' "$work/with-key.log" && fail "a request without the key"
grep -q . "$work/away.log" && fail "a redirect to another server was followed: $(cat "$work/away.log")"
"$distill" export "$work/with-key" >"$work/with-key.txt"
grep -q '"error":"[^"]*your request' "$work/with-key.txt" || fail "the server's message is not recorded"

# a wrong key: an error message that contains neither the wrong key nor the right one
OPENAI_API_KEY=sk-wrong-0123456789
prompts 1 20 >"$work/wrong.jsonl"
url=http://127.0.0.1:$(cat "$work/with-key.port")/v1
sample_all wrong --log-file "$work/wrong.events"
[ "$status" = 1 ] || fail "a wrong key: exit $status"
grep -q 'error: ' "$work/wrong.out" || { fail "a wrong key should give an error message"; cat "$work/wrong.out"; }
# a variable that is not set
prompts 1 1 >"$work/absent.jsonl"
sample_all absent --api-key-env DISTILL_NO_SUCH_KEY
[ "$status" = 2 ] && grep -q DISTILL_NO_SUCH_KEY "$work/absent.out" || fail "a variable that is not set: exit $status"
# a password in the URL is rejected and not printed
prompts 1 1 >"$work/inline.jsonl"
"$gen" --teacher "http://user:sk-in-address@127.0.0.1:1/v1" --prompts "$work/inline.jsonl" --output "$work/inline" \
    >"$work/inline.out" 2>&1
[ $? = 2 ] || fail "a password in the URL should be rejected"
OPENAI_API_KEY=$FAKE_KEY

# a key in a reply, in two events, and in the name of a model
serve echo --key-env FAKE_KEY
{ prompts 1 3; prompts 4 6 '[fault:echo-key] '; } >"$work/echo.jsonl"
sample_all echo --logprobs 1 --log-file "$work/echo.events"
[ "$status" = 0 ] || { fail "a key in a reply: exit $status"; cat "$work/echo.out"; }
"$distill" export "$work/echo" >"$work/echo.txt"
stars=$(echo "$FAKE_KEY" | sed 's/./*/g')
[ "$(grep -cF "$stars" "$work/echo.txt")" = 3 ] || { fail "a key in a reply is not masked"; cat "$work/echo.txt"; }
[ "$(grep -c 'repeats the API key' "$work/echo.out")" = 1 ] || fail "a key in a reply is not reported"
serve key-name --key-env FAKE_KEY --model "model-$FAKE_KEY"
prompts 1 3 >"$work/key-name.jsonl"
"$gen" --teacher "$url" --prompts "$work/key-name.jsonl" --output "$work/key-name" >"$work/key-name.out" 2>&1
grep -qF "model-$stars" "$work/key-name.out" || { fail "a key in a model's name"; cat "$work/key-name.out"; }
rm -f "$work/key-name.log" "$work/key-name.err"

# certificates
for kind in good self host expired; do
    serve $kind --tls $kind --tls-ca "$work/$kind.pem" --key-env FAKE_KEY
    prompts 1 5 >"$work/$kind.jsonl"
    url=https${url#http}
    SSL_CERT_FILE=$work/$kind.pem
    export SSL_CERT_FILE
    sample_all $kind --retries 1
    unset SSL_CERT_FILE
    if [ $kind = good ]; then
        completed good 1
        prompts 1 5 >"$work/untrusted.jsonl"
        sample_all untrusted --retries 1
        kind=untrusted
    fi
    [ $kind = good ] || {
        [ "$status" = 1 ] || fail "$kind: exit $status"
        grep -qi 'certificate' "$work/$kind.out" || { fail "$kind: the message does not mention the certificate"; cat "$work/$kind.out"; }
    }
done
grep -q '"event":"request"' "$work/self.log" "$work/host.log" "$work/expired.log" 2>/dev/null &&
    fail "a request was sent to a server without a valid certificate"

for secret in "$FAKE_KEY" sk-wrong-0123456789 sk-in-address; do
    grep -raF -- "$secret" "$work" && fail "$secret appears in the files above"
done
finish
