#!/bin/sh
# What all programs have in common: help, version, exit statuses, --config, nearest names.
set -u
bad=0
check() { # check WANTED-STATUS WORDS COMMAND...
    wanted=$1 words=$2
    shift 2
    output=$("$@" 2>&1 </dev/null)
    got=$?
    if [ $got != "$wanted" ]; then
        echo "status $got, wanted $wanted: $*"
        echo "$output" | head -n 5
        bad=1
    fi
    case $output in
    *"$words"*) ;;
    *)
        echo "\"$words\" is not in the output of: $*"
        echo "$output" | head -n 5
        bad=1
        ;;
    esac
}
for program in distill-gen distill-filter distill-train distill-bench distill; do
    check 0 "Usage: $program" "$DISTILL_BIN/$program" --help
    check 0 "$program 0.1.0" "$DISTILL_BIN/$program" --version
done
for tool in run show export import tokenize render score verify problems train-tokenizer doctor; do
    check 0 "Usage: distill $tool" "$DISTILL_BIN/distill" $tool --help
    check 2 "did you mean" "$DISTILL_BIN/distill" $tool --quiett
done
for program in distill-gen distill-filter distill-train distill-bench; do
    check 2 "did you mean --seed?" "$DISTILL_BIN/$program" --seeed 1
    check 2 "is missing" "$DISTILL_BIN/$program"
    check 2 "whole number" "$DISTILL_BIN/$program" --seed x
    echo '{"sed": 3}' >bad.json
    check 2 "did you mean --seed?" "$DISTILL_BIN/$program" --config bad.json
    check 2 "No such file" "$DISTILL_BIN/$program" --config absent.json
done
check 2 "did you mean tokenize?" "$DISTILL_BIN/distill" tokenise
check 2 "Usage: distill" "$DISTILL_BIN/distill"
check 1 "not a directory" "$DISTILL_BIN/distill-gen" --teacher absent --prompts absent.jsonl --output out-common
check 1 "not a directory" "$DISTILL_BIN/distill-train" --model absent --data absent.jsonl --output out-common
check 1 "absent" "$DISTILL_BIN/distill" show absent
exit $bad
