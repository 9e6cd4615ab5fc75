#!/bin/sh
# distill-filter: table, report, reasons, reruns, refusals.
set -eu
bin=$DISTILL_BIN
rm -rf filtered && mkdir filtered && cd filtered
expect() { grep -qF -- "$1" "$2" || { echo "\"$1\" is not in $2:"; cat "$2"; exit 1; }; }
cat >traces.jsonl <<'END'
{"id":"a","prompt":"What is 2+2?","response":"<think>\nTwo and two.\n</think>\n\n\\boxed{4}","answer":"4","response_tokens":20}
{"id":"a","prompt":"What is 2+2?","response":"<think>\nTwo and two.\n</think>\n\n\\boxed{4}","answer":"4","response_tokens":20}
{"id":"a","prompt":"What is 2+2?","response":"<think>\nAdd.\n</think>\n\n\\boxed{4}","answer":"4","response_tokens":10}
{"id":"a","prompt":"What is 2+2?","response":"<think>\nAdd.\n</think>\n\n\\boxed{5}","answer":"4","response_tokens":10}
{"id":"b","prompt":"What is 3+3?","response":"<think>\nAdd, and","answer":"6","finish":"length","response_tokens":10}
{"id":"b","prompt":"What is 3+3?","response":"\\boxed{6}","answer":"6","response_tokens":5}
{"id":"c","prompt":"Pick one. A) red B) blue","response":"<think>\nBlue.\n</think>\n\nThe answer is (B).","answer":"B","domain":"choice","response_tokens":9}
{"id":"d","prompt":"Write a poem.","response":"<think>\nRoses.\n</think>\n\nRoses are red.","domain":"general","response_tokens":9}
{"id":"e","prompt":"What is 4+4?","response":"<think>\n四加四等于八，这是显然的。\n</think>\n\nThe answer is \\boxed{8}.","answer":"8","response_tokens":9}
END
"$bin/distill" import traces.jsonl -o traces --quiet
"$bin/distill-filter" --input traces --output kept --rejected rejected --report report.json --format think \
    --max_language_mix 0.05 --dedup exact --quiet >table
sed 's/  *$//' table >trimmed
cat >expected <<'END'
seen                   9   100.0%
kept                   3    33.3%
wrong                  1    11.1%  the answer is not the reference answer
truncated              1    11.1%  the reply ends at the token limit
format                 1    11.1%  the think part is missing, empty, nested, repeated or unclosed
language               1    11.1%  languages are mixed
duplicate              1    11.1%  the same reply to the same prompt was already kept
no_reference           1    11.1%  no reference answer and no tests to compare with
verdicts: 6 right, 1 wrong, 2 unknown (1 truncated, 1 no_reference); 1 cut at the token limit
END
diff -u expected trimmed
expect '{"seen":9,"kept":3,"reasons":{"wrong":1,"truncated":1,"format":1,"language":1,"duplicate":1,"no_reference":1},"seconds":' report.json
expect '"prompts":5}' report.json
expect '"verdicts":{"right":6,"wrong":1,"unknown":2,"truncated":1,"reasons":{"truncated":1,"no_reference":1}}' report.json
"$bin/distill" export kept >kept.jsonl
[ "$(wc -l <kept.jsonl)" = 3 ]
[ "$(grep -c '"correct":true,"extracted":".*","reason":"kept"' kept.jsonl)" = 3 ]
"$bin/distill" export rejected >rejected.jsonl
expect '"correct":false,"extracted":"5","reason":"wrong"' rejected.jsonl
expect '"correct":null,"extracted":"","reason":"no_reference"' rejected.jsonl
expect '"correct":true,"extracted":"6","reason":"format"' rejected.jsonl
expect '"correct":null,"extracted":"","reason":"truncated"' rejected.jsonl
[ "$(cat kept.jsonl rejected.jsonl | wc -l)" = 9 ]
# the settings of the inputs are kept
expect '"sources":[{' kept/manifest.json
# a finished output is not changed; other settings are refused by name
before=$(cat kept/* rejected/* | cksum)
"$bin/distill-filter" --input traces --output kept --rejected rejected --report report2.json --format think \
    --max-language-mix 0.05 --dedup exact --jobs 1 2>err >out
expect 'complete already' err
expect 'filtering again for the report report2.json' err
expect '{"seen":9,"kept":3,"reasons":{"wrong":1,' report2.json # a missing report is made
[ "$before" = "$(cat kept/* rejected/* | cksum)" ]
fail() { # fail STATUS WORDS ARGUMENTS...
    expected=$1 words=$2 status=0
    shift 2
    "$bin/distill-filter" "$@" >out 2>&1 || status=$?
    [ $status = "$expected" ] || { echo "status $status for: $*"; cat out; exit 1; }
    expect "$words" out
}
fail 2 'expected auto or a code such as en' --input traces --output other --language english
fail 1 'format was "think" and is now "none"' --input traces --output kept --max-language-mix 0.05 --dedup exact
"$bin/distill-filter" --input traces --output kept --overwrite --verify none --quiet >table
expect 'kept                   8' table
# selection and pass rates
run() { # run KEPT OPTIONS...: number of traces kept with these options
    expected=$1
    shift
    "$bin/distill-filter" --input traces --output selected --overwrite --quiet "$@" >table
    grep -q "^kept  *$expected " table || { echo "expected $expected kept: $*"; cat table; exit 1; }
}
run 6
run 4 --select first:1
run 4 --select shortest:1
run 4 --select best:1
run 4 --select random:1 --seed 5
run 5 --min-pass-rate 0.7 --verify auto
run 4 --max-pass-rate 0.9
run 5 --min-pass-rate 0.5 --max-pass-rate 1 --dedup exact
run 5 --max-repetition 0.2 --min-tokens 6
run 3 --max-tokens 9
run 3 --language en --select shortest:1
run 4 --language en --select shortest:1 --max-language-mix 0.99 --readable all
run 3 --language en --select shortest:1 --max-language-mix 0.99 # the thought is Chinese throughout
run 4 --language en --select shortest:1 --readable answer
run 5 --language en
echo '{"problem":"Tell me: what is 2 + 2, and why?"}' >bench.jsonl
run 5 --decontaminate bench.jsonl --ngram 4 --verify none --keep-truncated
run 7 --keep-truncated # the one that was cut in its thought is kept as unknown
run 8 --verify none
run 9 --verify none --keep-truncated
run 1 --verify math --max-paragraph-chars 12 --readable all
# where the rules of readability look: a program in the answer was asked for
cat >code.jsonl <<'END'
{"id":"t","prompt":"p","response":"<think>\n```\nx\n```\n</think>\n\nyes","response_tokens":9}
{"id":"a","prompt":"q","response":"<think>\nx\n</think>\n\n```\ny\n```","response_tokens":9}
{"id":"w","prompt":"r","response":"```\nz\n```","response_tokens":9}
END
"$bin/distill" import code.jsonl -o code --quiet
looks() { # looks KEPT OPTIONS...
    kept=$1
    shift
    "$bin/distill-filter" --input code --output looked --overwrite --quiet --verify none --no-code-blocks "$@" >table
    grep -q "^kept  *$kept " table || { echo "expected $kept kept: $*"; cat table; exit 1; }
}
looks 1
looks 1 --readable answer
looks 0 --readable all
# imported traces have no token counts: they are counted, or refused
printf '%s\n' '{"prompt":"p","response":"one two three four five six seven eight nine ten"}' \
    '{"prompt":"q","response":"one"}' >counts.jsonl
"$bin/distill" import counts.jsonl -o counts --quiet
fail 2 'has no token count' --input counts --output counted --verify none --max-tokens 5
"$bin/distill-filter" --input counts --output counted --verify none --max-tokens 5 --tokenizer builtin --quiet >table
grep -q '^kept  *1 ' table
# benchmarks: references and solutions too, but no short ones
echo '{"problem":"p1","solution":"first we add one and two and then we take three away","answer":"5"}' >worked.jsonl
printf '%s\n' '{"prompt":"other","answer":"5","response":"r","hint":"so first we add one and two and then go on"}' \
    '{"prompt":"another","answer":"5","response":"r"}' >leaks.jsonl
"$bin/distill" import leaks.jsonl -o leaks --quiet
"$bin/distill-filter" --input leaks --output clean1 --verify none --decontaminate worked.jsonl --ngram 6 --quiet >table
grep -q '^kept  *2 ' table
"$bin/distill-filter" --input leaks --output clean2 --verify none --decontaminate worked.jsonl --ngram 6 \
    --decontaminate-fields all --quiet >table
grep -q '^kept  *1 ' table
# single shards, several inputs
"$bin/distill-filter" --input traces/shard-00000.h5 traces --output both --dedup exact --quiet >table
expect 'seen                  18' table
grep -q '^kept  *5 ' table
# near duplicates, refusals, domains, contamination
text= i=0
while [ $i -lt 40 ]; do
    text="$text word$i" i=$((i + 1))
done
cat >more.jsonl <<END
{"id":"1","prompt":"Add the numbers up.","response":"$text. So \\\\boxed{4}","answer":"4","domain":"math"}
{"id":"2","prompt":"Add the numbers up.","response":"$text! Thus \\\\boxed{4}","answer":"4","domain":"math"}
{"id":"3","prompt":"Add them, please.","response":"Yes: \\\\boxed{4}","answer":"4","domain":"math"}
{"id":"4","prompt":"Write a poem about the sea and the wind.","response":"I'm sorry, but I can't help with that.","domain":"general"}
{"id":"5","prompt":"Write a poem about the sea and the wind.","response":" ","domain":"general"}
{"id":"6","prompt":"Write a poem about the sea and the wind.","response":"The sea is wide.","domain":"general"}
END
"$bin/distill" import more.jsonl -o more --quiet
reasons() { # reasons EXPECTED OPTIONS...: the report's reasons
    expected=$1
    shift
    "$bin/distill-filter" --input more --output selected --overwrite --quiet --report report.json --verify none \
        "$@" >table
    expect "\"reasons\":{$expected}" report.json
}
reasons '"empty":1'
reasons '"empty":1,"near_duplicate":1' --dedup minhash
reasons '"empty":1,"near_duplicate":1' --dedup minhash:0.5
reasons '"empty":1' --dedup minhash:1
reasons '"empty":1,"refusal":1' --no-refusals
reasons '"empty":1,"domain_cap":2' --max-per-domain math:1
reasons '"empty":1,"domain_cap":2,"mix":1' --max-per-domain math:2 --mix math:1 --mix general:1 --max-per-domain 'general:1'
reasons '"empty":1,"mix":2' --mix math:3
printf 'id,Question\nsea-1,"Sing of a poem about the sea, and the wind"\n' >bench.csv
reasons '"contaminated":2,"empty":1' --decontaminate bench.csv --ngram 5
expect '"contaminated":[{"id":"4","file":"bench.csv","item":"sea-1","words":"a poem about the sea"},{"id":"6"' report.json
"$bin/distill-filter" --input more --output selected --rejected likes --overwrite --quiet --verify none --dedup minhash \
    --decontaminate bench.csv --ngram 5 >table
"$bin/distill" export likes >likes.jsonl
expect '"extracted":"like trace 0 of the input","reason":"near_duplicate"' likes.jsonl
expect '"extracted":"overlap: bench.csv, item sea-1: a poem about the sea","reason":"contaminated"' likes.jsonl
fail 2 'DOMAIN:N' --input more --output x --max-per-domain math
fail 2 'is given twice' --input more --output x --mix math:1 --mix math:2
# the output does not depend on the number of threads
for jobs in 1 3; do
    SOURCE_DATE_EPOCH=1 "$bin/distill-filter" --input traces --output jobs --overwrite --jobs $jobs --select random:1 \
        --quiet >table
    "$bin/distill" export jobs >jobs-$jobs.jsonl
done
cmp jobs-1.jsonl jobs-3.jsonl
# refusals
fail 2 '--judge' --input traces --output x --judge localhost
fail 2 'from 0.1 to 1' --input traces --output x --dedup minhash:2
fail 2 'is not one of none|exact|minhash' --input traces --output x --dedup fuzzy
fail 2 '--select' --input traces --output x --select best
fail 2 'both input and output' --input traces --output traces
fail 2 'the same directory' --input traces --output x --rejected x
fail 2 'is more than' --input traces --output x --min-tokens 5 --max-tokens 4
fail 2 'needs verdicts' --input traces --output x --min-pass-rate 0.5 --verify none
fail 2 'is missing' --output x
fail 1 'No such file' --input nowhere --output x
[ ! -e x/manifest.json ] || { echo 'a refused run left an output'; exit 1; }
