#!/bin/sh
# distill score: the same numbers for every size of batch; errors name the line.
set -u
here=$PWD/score.$$
rm -rf "$here"
mkdir "$here" && cd "$here" || exit 1
trap 'cd /; rm -rf "$here"' EXIT
bad=0
fail() { echo "$1"; bad=1; }
"$DISTILL_BUILD/tests/make_tiny_model" tiny || exit 1
score() { "$DISTILL_BIN/distill" score --model tiny "$@"; }

cat >some.jsonl <<'J'
{"ids":[72,105,33,10,257]}
{"text":"Hi!\n"}

{"ids":[]}
{"ids":[5]}
{"text":"<|im_start|>user"}
{"text":"a longer text that is a document of its own in most of the batches below"}
J
score --data some.jsonl >all.out 2>all.err || fail 'scoring failed'
[ "$(wc -l <all.out)" = 6 ] || fail '6 lines out expected'
sed -n 1p all.out | grep -q '^{"ids":\[72,105,33,10,257\],"logprobs":\[-[0-9.]*,-[0-9.]*,-[0-9.]*,-[0-9.]*\],"nll":[0-9.]*}$' ||
    fail "first line: $(sed -n 1p all.out)"
sed -n 2p all.out | grep -q '^{"ids":\[72,105,33,10\],' || fail 'a text is not its bytes'
[ "$(sed -n 3p all.out)" = '{"ids":[],"logprobs":[],"nll":0}' ] || fail 'an empty text has no log-probabilities'
[ "$(sed -n 4p all.out)" = '{"ids":[5],"logprobs":[],"nll":0}' ] || fail 'a single token has no log-probability'
sed -n 5p all.out | grep -q '^{"ids":\[257,117,115,101,114\],' || fail 'a special token in the text is not recognised'
grep -q '^perplexity: [0-9.]* (' all.err || fail 'no perplexity on stderr'
for tokens in 1 7 80; do # compared to 4 digits: the order of sums depends on the batch
    score --data some.jsonl --batch-tokens $tokens >few.out 2>/dev/null || fail "--batch-tokens $tokens failed"
    sed 's/\(\.[0-9]\{4\}\)[0-9]*/\1/g' few.out >few.cut
    sed 's/\(\.[0-9]\{4\}\)[0-9]*/\1/g' all.out >all.cut
    [ "$(awk -v other=few.cut 'BEGIN { FS = "[][,:}]" } {
            line = $0; getline < other
            n = split(line, a, FS); m = split($0, b, FS); if (n != m) print "length"
            for (i = 1; i <= n; i++) if (a[i] - b[i] > 0.0003 || b[i] - a[i] > 0.0003) print a[i], b[i] }' all.cut)" = '' ] ||
        fail "--batch-tokens $tokens changes the numbers"
done
score --data - <some.jsonl 2>/dev/null | cmp -s - all.out || fail 'standard input gives other numbers'

refuse() { # refuse LINE STATUS WORDS
    printf '%s\n' '{"ids":[1,2]}' "$1" >wrong.jsonl
    score --data wrong.jsonl >/dev/null 2>wrong.err
    got=$?
    [ $got = "$2" ] || fail "status $got, expected $2: $1"
    grep -q "$3" wrong.err || fail "the message for $1 does not contain \"$3\": $(cat wrong.err)"
}
refuse '{"ids":[1,100000]}' 1 'wrong.jsonl:2: ids: expected token ids'
refuse '{"ids":[1,-1]}' 1 'wrong.jsonl:2'
refuse '{"ids":[1.5]}' 1 'wrong.jsonl:2'
refuse '{"ids":["x"]}' 1 'wrong.jsonl:2'
refuse '{"ids":"x"}' 1 'wrong.jsonl:2'
refuse '{"text":7}' 1 'wrong.jsonl:2'
refuse '{"messages":[]}' 1 'neither'
refuse '[1,2]' 1 'wrong.jsonl:2'
refuse '{"ids":[1,2]' 1 'wrong.jsonl:2'
score --data absent.jsonl 2>/dev/null && fail 'a missing file should be an error'
score 2>/dev/null
[ $? = 2 ] || fail 'a missing --data should be bad usage'
exit $bad
