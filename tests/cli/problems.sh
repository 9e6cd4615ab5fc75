#!/bin/sh
# distill problems: counts and offsets, splits, kinds of response, templates, refusals; and the sizes of the shipped
# teacher and of the student's configuration.
set -eu
problems() { "$DISTILL_BIN/distill" problems --quiet "$@"; }
rm -rf problems-work && mkdir problems-work && cd problems-work

# an offset continues a list, "all" takes the tasks in turn, the splits have no line in common
problems --task word --count 20 >whole
{ problems --task word --count 12 && problems --task word --count 8 --offset 12; } >joined
cmp whole joined
problems --task all --count 6 | cut -d'"' -f8 | cut -d' ' -f1 >openings
[ "$(sed -n 1p openings)$(sed -n 2p openings)$(sed -n 4p openings)" = ComputeSolveCompute ]
problems --task equations --count 500 --response none | cut -d, -f2- | sort >train
problems --task equations --count 500 --response none --split test | cut -d, -f2- | sort >test
[ -z "$(comm -12 train test)" ]
[ "$(wc -l <test)" = 500 ]

# the same problem with each kind of response
first='{"id":"arithmetic-test-0","prompt":"Compute (49*2/7-4)*9.","answer":"90"'
say() { problems --task arithmetic --split test --count 1 "$@"; }
[ "$(say --response none)" = "$first"',"domain":"math"}' ]
[ "$(say --response answer)" = "$first"',"response":"\\boxed{90}","domain":"math"}' ]
[ "$(say)" = "$first"',"response":"<think>\n49*2=98\n98/7=14\n14-4=10\n10*9=90\n</think>\n\nThe answer is \\boxed{90}.","domain":"math"}' ]
[ "$(say --format text --response answer --prompt-template 'Q: {prompt} A')" = '"Q: Compute (49*2/7-4)*9. A\n\\boxed{90}"' ]

# wrong use is refused
refused() { # refused STATUS WORDS OPTION...
    expected=$1 words=$2 status=0
    shift 2
    problems "$@" >/dev/null 2>err || status=$?
    [ $status = "$expected" ] && grep -q -- "$words" err || {
        echo "problems $*: status $status"
        cat err
        exit 1
    }
}
refused 2 'arithmetic|equations|word|all' --task algebra
refused 2 'no {prompt} in it' --prompt-template 'Q:'
refused 2 count --count -1
refused 2 split --split dev

# at most 5 MB; the student has at most a quarter of the teacher's parameters (2 bytes each, as stored)
shipped=$DISTILL_SOURCE/teacher/builtin
teacher=$(wc -c <"$shipped/checkpoint/model.safetensors")
[ "$teacher" -le 5000000 ]
"$DISTILL_BIN/distill-train" --init "$shipped/student.json" --tokenizer "$shipped/checkpoint" --data builtin:all:4 \
    --max-steps 1 --batch-size 4 --learning-rate 0 --output student --quiet >/dev/null 2>&1
student=$(wc -c <student/model.safetensors)
[ $((student * 4)) -le "$teacher" ]
