#!/bin/sh
# distill tokenize, render and train-tokenizer: input and output formats, exit statuses, and all three together.
set -u
rm -rf text-work && mkdir text-work && cd text-work || exit 1
distill=$DISTILL_BIN/distill
bad=0
fail() {
    echo "$*"
    bad=1
}
gives() { # gives EXPECTED-OUTPUT INPUT COMMAND...
    expected=$1
    printf "$2" >in.txt
    shift 2
    got=$("$@" <in.txt 2>err.txt) || fail "$* failed: $(cat err.txt)"
    [ "$got" = "$expected" ] || fail "$*: expected $expected, got $got"
}
refuses() { # refuses STATUS WORDS INPUT COMMAND...
    expected=$1 words=$2
    printf "$3" >in.txt
    shift 3
    "$@" <in.txt >out.txt 2>&1
    got=$?
    [ $got = "$expected" ] || fail "status $got, expected $expected: $* ($(cat out.txt))"
    grep -qF -e "$words" out.txt || fail "\"$words\" is not in the output of $*: $(cat out.txt)"
}

# a tokenizer whose only merge is "ab": 256 bytes, one merge, five added tokens
gives 262 'ab\nab\n' "$distill" train-tokenizer --vocab-size 262 --output tok --quiet
gives 262 'ab\nab\n' "$distill" train-tokenizer --vocab-size 262 --output tok --quiet
refuses 1 --overwrite 'xy\nxy\n' "$distill" train-tokenizer --vocab-size 262 --output tok
refuses 2 vocab-size '' "$distill" train-tokenizer --vocab-size 5 --output tok
refuses 2 output '' "$distill" train-tokenizer

# lines of text, lines of JSON strings, and decoding
gives '[256]
[]
[258,256,259]' 'ab\n\n<|im_start|>ab<|im_end|>\n' "$distill" tokenize --tokenizer tok
gives '[256,198,256]' '"ab\\nab"\n' "$distill" tokenize --tokenizer tok --json
gives '[27,91,72,76,62,68,77,67,91,29]' '<|im_end|>' "$distill" tokenize --tokenizer tok --no-parse-special
gives '"ab<|im_end|>\nab"
""' '[256,259,198,256]\n[]\n' "$distill" tokenize --tokenizer tok --decode
gives '"abab"' '[256,259,256]\n' "$distill" tokenize --tokenizer tok --decode --skip-special
gives '"�ab"' '[160,256]\n' "$distill" tokenize --tokenizer tok --decode
refuses 1 'standard input:2' '"ab"\nab\n' "$distill" tokenize --tokenizer tok --json
refuses 1 'a JSON array' '"ab"\n' "$distill" tokenize --tokenizer tok --decode
refuses 1 'not in the vocabulary' '[262]\n' "$distill" tokenize --tokenizer tok --decode
refuses 1 'not a token id' '[1.5]\n' "$distill" tokenize --tokenizer tok --decode
refuses 1 'no tokenizer.json' 'ab\n' "$distill" tokenize --tokenizer nowhere
refuses 2 tokenizer 'ab\n' "$distill" tokenize
refuses 2 'did you mean' '' "$distill" tokenize --tokenizr tok

# conversations
cat >chat.jsonl <<'J'
{"messages":[{"role":"user","content":"Hi\n"}],"add_generation_prompt":true}

{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Ho"}]}
J
gives '"<|im_start|>user\nHi\n<|im_end|>\n<|im_start|>assistant\n"
"<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHo<|im_end|>\n"' '' \
    "$distill" render --tokenizer tok --messages chat.jsonl
gives '"Hi"' '{"messages":[{"role":"user","content":"Hi"}],"add_generation_prompt":true}\n' \
    "$distill" render --tokenizer tok --chat-template none
gives '"<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"' \
    '{"messages":[{"role":"user","content":"Hi"}],"add_generation_prompt":true,"enable_thinking":false}\n' \
    "$distill" render --tokenizer tok --chat-template qwen3
refuses 2 'vicuna' '' "$distill" render --tokenizer tok --chat-template vicuna
refuses 1 'no-such-file' '' "$distill" render --tokenizer tok --messages no-such-file
cat >own.jinja <<'J'
{% if messages|length > 1 %}{{ raise_exception('One message, please') }}{% endif %}
{{ messages[0].content }} {{ style }} {{ tools|tojson }} {{ strftime_now('%Y') }}
J
gives '"Hi terse [{\"name\": \"f\"}] 2024"' \
    '{"messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"f"}],"chat_template_kwargs":{"style":"terse"},"now":"2024-07-26"}\n' \
    "$distill" render --tokenizer tok --chat-template own.jinja
gives '"Hi plain null 2023"' '{"messages":[{"role":"user","content":"Hi"}]}\n' \
    "$distill" render --tokenizer tok --chat-template own.jinja --chat-template-kwargs '{"style":"plain"}' --now 2023-01-02
refuses 1 'standard input:2: chat template: line 1, column 47: raised: One message, please' '{"messages":[{"role":"user","content":"Hi"}]}\n{"messages":[{"role":"user","content":"Hi"},{"role":"user","content":"Hi"}]}\n' \
    "$distill" render --tokenizer tok --chat-template own.jinja
refuses 2 'JSON object' '' "$distill" render --tokenizer tok --chat-template-kwargs '[]'
refuses 2 '2024-07-26' '' "$distill" render --tokenizer tok --now yesterday
refuses 1 'content' '{"messages":[{"role":"user"}]}\n' "$distill" render --tokenizer tok
mkdir bare && cp tok/tokenizer.json bare/
refuses 1 --chat-template '' "$distill" render --tokenizer bare

for tool in tokenize render train-tokenizer; do
    "$distill" $tool --help >help.txt 2>&1 || fail "$tool --help failed"
    grep -q "^Usage" help.txt || fail "$tool --help has no usage line"
done
exit $bad
