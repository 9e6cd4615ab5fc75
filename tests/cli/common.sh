#!/bin/sh
# All programs: help, version, exit statuses, --config, suggestions for misspelled names.
set -u
version=$(sed -n 's/^#define DISTILL_VERSION "\(.*\)"$/\1/p' "$DISTILL_SOURCE/distill/base/options/version.h")
bad=0
check() { # check WANTED-STATUS WORDS COMMAND...
    expected=$1 words=$2
    shift 2
    output=$("$@" 2>&1 </dev/null)
    got=$?
    if [ $got != "$expected" ]; then
        echo "status $got, expected $expected: $*"
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
for program in distill-gen distill-filter distill-train distill-bench distill throughput; do
    check 0 "Usage: $program" "$DISTILL_BIN/$program" --help
    check 0 "Exit status: 0 done" "$DISTILL_BIN/$program" --help
    check 0 "$program $version" "$DISTILL_BIN/$program" --version
    check 2 "text|markdown|man|bash|zsh" "$DISTILL_BIN/$program" --help=html
done
check 0 "Usage: distill-sandbox" "$DISTILL_BIN/distill-sandbox" --help
check 0 "distill-sandbox $version" "$DISTILL_BIN/distill-sandbox" --version
check 2 "Usage: distill-sandbox" "$DISTILL_BIN/distill-sandbox"
check 2 "Usage: distill-sandbox" "$DISTILL_BIN/distill-sandbox" ls
tools=$("$DISTILL_BIN/distill" --help=markdown | sed -n 's/^- `distill \([^`]*\)`.*/\1/p')
case " $(echo $tools) " in
*" run show "*" doctor "*) ;;
*)
    echo "distill --help=markdown does not list its commands: $tools"
    bad=1
    ;;
esac
for tool in $tools; do
    check 0 "Usage: distill $tool" "$DISTILL_BIN/distill" $tool --help
    check 0 "Usage: distill $tool" "$DISTILL_BIN/distill" help $tool
    check 0 "distill $tool $version" "$DISTILL_BIN/distill" $tool --version
    check 2 "did you mean" "$DISTILL_BIN/distill" $tool --quiett
    check 2 "distill --help=bash" "$DISTILL_BIN/distill" $tool --help=bash
done
check 0 "Usage: distill COMMAND" "$DISTILL_BIN/distill" help
check 2 "did you mean tokenize?" "$DISTILL_BIN/distill" help tokenise
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
