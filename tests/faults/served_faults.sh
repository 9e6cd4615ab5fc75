#!/bin/sh
# Each fault of the fake teacher, for one prompt each, among prompts without a fault: transient failures are retried,
# permanent ones are recorded with their reason and do not stop the run, unusual but correct responses are accepted.
. "$DISTILL_SOURCE/tests/faults/served_support.sh"
"$tests/fake_teacher" --list-faults >"$work/faults" || exit 1

# write_prompts NAME DIRECTIVE FAULT...: a prompt for each fault, after two without a fault
number=0
write_prompts() {
    name=$1 directive=$2
    shift 2
    for fault; do
        prompts $number $((number + 1))
        prompts $((number + 2)) $((number + 2)) "[fault:$fault$directive] "
        number=$((number + 3))
    done >"$work/$name.jsonl"
    prompts $number $((number + 1)) >>"$work/$name.jsonl"
    number=$((number + 2))
}
named() { awk -v remedy="$1" '$2 == remedy { print $1 }' "$work/faults"; }

# times_sent NAME: prints "FAULT TIMES": how often each prompt with a fault was sent, from the server's log
times_sent() {
    awk '{
        prompt = substr($0, index($0, "\"prompt\":\"") + 10, 16)
        sent[prompt] += /"event":"request"/
        if (match($0, /"fault":"[^"]+"/) && /"event":"request"/)
            fault[prompt] = substr($0, RSTART + 9, RLENGTH - 10)
    } END { for (prompt in fault) print fault[prompt], sent[prompt] }' "$work/$1.log" | sort
}

# groups of six faults, each with its own server and run, all concurrently
started=
group=0
set -- $(named retry)
while [ $# -gt 0 ]; do
    group=$((group + 1)) some=
    while [ $# -gt 0 ] && [ "$(echo $some | wc -w)" -lt 6 ]; do
        some="$some $1"
        shift
    done
    serve "retry$group" --latency-ms 5
    write_prompts "retry$group" '*1' $some
    (sample_all "retry$group" --timeout 2 --content-timeout 2 --concurrency 4; echo $status >"$work/retry$group.status") &
    started="$started $!"
done
serve unusual
write_prompts unusual '' $(named none)
(sample_all unusual --timeout 10; echo $status >"$work/unusual.status") &
started="$started $!"
serve rejected --latency-ms 5 --away http://127.0.0.1:1/v1/chat/completions
write_prompts rejected '' $(named give-up)
(sample_all rejected --timeout 10 --concurrency 1 --retries 1; echo $status >"$work/rejected.status") &
started="$started $!"
serve exhausted --latency-ms 5
write_prompts exhausted '' 500 cut-between stall-start
(sample_all exhausted --timeout 0.5 --retries 1 --concurrency 2; echo $status >"$work/exhausted.status") &
started="$started $!"
wait $started

i=0
while [ $i -lt $group ]; do
    i=$((i + 1))
    status=$(cat "$work/retry$i.status")
    completed "retry$i" 1
    times_sent "retry$i" >"$work/times"
    while read -r fault times; do
        # twice, or more often if a response is late on a busy machine
        [ "$times" -ge 2 ] && [ "$times" -le 4 ] || fail "$fault: sent $times times, expected 2"
    done <"$work/times"
    cat "$work/times" >>"$work/tried"
done
[ "$(wc -l <"$work/tried")" = "$(named retry | wc -l)" ] || fail "not every fault occurred: $(cat "$work/tried")"

status=$(cat "$work/unusual.status")
completed unusual 1
times_sent unusual >"$work/times"
[ "$(wc -l <"$work/times")" = "$(named none | wc -l)" ] || fail "not every unusual response occurred"
while read -r fault times; do
    [ "$times" = 1 ] || fail "$fault is a correct response, requested $times times"
done <"$work/times"

# rejected: recorded with the server's message, sent once, and the other samples are complete
status=$(cat "$work/rejected.status")
completed rejected 1 "$(named give-up | wc -l)"
"$distill" export "$work/rejected" >"$work/rejected.txt"
grep '"finish":"error"' "$work/rejected.txt" | grep -c '"error":"..*"' | grep -qx "$(named give-up | wc -l)" ||
    fail "a rejected request without its reason"
for words in 'maximum context length' 'not understood' 'redirect'; do
    grep -q "\"error\":\"[^\"]*$words" "$work/rejected.txt" || fail "no reason says \"$words\""
done
# once each, except that a small context is retried with fewer tokens, and a redirect is followed
times_sent rejected | grep -vE '^(400-context|redirect-loop) ' | grep -v ' 1$' >"$work/times"
[ -s "$work/times" ] && fail "rejected requests were retried: $(cat "$work/times")"

# retried --retries times, then recorded
status=$(cat "$work/exhausted.status")
completed exhausted 1 3
"$DISTILL_BIN/distill" export "$work/exhausted" --to jsonl 2>/dev/null | grep -q 'no byte arrived for 0.5 s' ||
    fail "--timeout does not limit the time without a byte"
times_sent exhausted | grep -qx '500 2' || fail "one retry, but: $(times_sent exhausted | tr '\n' ' ')"

# an empty reply is requested again, each time with another seed, and then kept as it is with its reason
serve empty
prompts 1 1 '[fault:empty-reply] ' >"$work/empty.jsonl"
sample_all empty --retries 2
[ "$status" = 0 ] || { fail "an empty reply: exit $status"; cat "$work/empty.out"; }
"$distill" export "$work/empty" >"$work/empty.txt"
grep -q '"response":"".*"finish":"stop".*"error":"the reply is empty: the server ended it with \\"stop\\" (tried 3 times)"' \
    "$work/empty.txt" || fail "an empty reply: $(cat "$work/empty.txt")"
[ "$(sed -n 's/.*"event":"request".*"seed":\([0-9]*\).*/\1/p' "$work/empty.log" | sort -u | wc -l)" = 3 ] ||
    fail "an empty reply was not requested three times with three seeds: $(cat "$work/empty.log")"

# a complete reply is in the journal although its connection stays open, before anything else happens
serve held
{ prompts 1 1 '[fault:done-held] '; prompts 2 2 '[fault:finish-held] '; prompts 3 3 '[fault:stall-start] '; } >"$work/held.jsonl"
"$gen" --teacher "$url" --model fake-teacher --prompts "$work/held.jsonl" --output "$work/held" --timeout 300 \
    --prompt-template '{prompt}' >"$work/held.out" 2>&1 &
job=$!
tries=0 there=
while [ $tries -lt 200 ] && [ "$there" != 'p1 p2 ' ] && kill -0 $job 2>/dev/null; do
    sleep 0.1
    tries=$((tries + 1))
    rm -rf "$work/held-copy"
    cp -r "$work/held" "$work/held-copy" 2>/dev/null || continue
    there=$("$tests/served_check" acknowledged "$work/held-copy" 2>/dev/null | cut -d' ' -f1 | tr '\n' ' ')
done
kill -9 $job 2>/dev/null
[ "$there" = 'p1 p2 ' ] || fail "replies whose connection stays open: the journal has \"$there\""

# the whole time of a request
serve total --event-ms 100
prompts 1 1 >"$work/total.jsonl"
sample_all total --total-timeout 1 --retries 0
[ "$status" = 0 ] && "$distill" export "$work/total" | grep -q '"error":"the reply took more than 1 s (--total-timeout)' ||
    { fail "--total-timeout"; cat "$work/total.out"; "$distill" export "$work/total"; }

# sixteen permanent failures in a row are an outage: the run ends, and they are not recorded
serve outage
{ prompts 1 2; prompts 3 22 '[fault:403] '; } >"$work/outage.jsonl"
sample_all outage --concurrency 1
[ "$status" = 1 ] && grep -q '16 requests in a row failed permanently, the last one: HTTP 403: not for you' "$work/outage.out" ||
    { fail "an outage: exit $status"; cat "$work/outage.out"; }
cp -r "$work/outage" "$work/outage-copy"
[ "$("$tests/served_check" acknowledged "$work/outage-copy" | cut -d' ' -f1 | tr '\n' ' ')" = 'p1 p2 ' ] ||
    fail "traces of an outage: $("$tests/served_check" acknowledged "$work/outage-copy")"
finish
