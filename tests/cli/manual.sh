#!/bin/sh
# Manual pages render without warnings; completions are valid scripts, and bash completes with them.
set -u
manual=$DISTILL_BUILD/manual
bad=0
fail() {
    echo "$1"
    bad=1
}

[ -f "$manual/man1/distill-run.1" ] || fail "there is no page for distill run"
for page in "$manual"/man1/*.1; do
    name=$(basename "$page" .1)
    for section in NAME SYNOPSIS 'EXIT STATUS'; do
        grep -q "^\.SH $section" "$page" || fail "$name.1 has no section $section"
    done
    if command -v groff >/dev/null; then
        warnings=$(groff -man -Tutf8 -ww -z "$page" 2>&1)
        [ -z "$warnings" ] || fail "groff: $warnings"
        groff -man -Tutf8 "$page" 2>/dev/null | grep -q "$name" || fail "$name.1 does not name $name"
    fi
    if command -v mandoc >/dev/null; then # pages have no date, so that a build can be repeated
        warnings=$(mandoc -T lint -W warning "$page" 2>&1 | grep -v 'missing date')
        [ -z "$warnings" ] || fail "mandoc: $warnings"
    fi
done
command -v groff >/dev/null || command -v mandoc >/dev/null ||
    echo "neither groff nor mandoc is installed: the pages are not rendered"

if command -v zsh >/dev/null; then
    for script in "$manual"/zsh/_*; do
        zsh -n "$script" || fail "zsh does not take $script"
    done
else
    echo "zsh is not installed: its completions are not checked"
fi

command -v bash >/dev/null || {
    echo "bash is not installed: its completions are not checked"
    exit $bad
}
for script in "$manual"/bash/*; do
    bash -n "$script" || fail "bash does not take $script"
done
rm -rf manual-work
mkdir -p manual-work/folder
cd manual-work || exit 1
touch 'a file.jsonl' other.jsonl
cat >complete.bash <<'END'
manual=$1
. "$manual/bash/distill"
for program in gen filter train bench; do . "$manual/bash/distill-$program"; done
bad=0
# complete_to EXPECTED FUNCTION WORD...: what the last word can become, joined with commas
complete_to() {
    local expected=$1 function=$2
    shift 2
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    "$function"
    local got=$(IFS=,; echo "${COMPREPLY[*]}")
    [[ $got == "$expected" ]] && return
    echo "'$*' is completed to '$got', expected '$expected'"
    bad=1
}
complete_to '--weights' _distill_gen distill-gen --wei
complete_to 'bf16,fp32,int8' _distill_gen distill-gen --weights ''
complete_to 'int8' _distill_gen distill-gen --weights = i
complete_to 'bf16,fp32,int8' _distill_gen distill-gen --weights =
complete_to '' _distill_gen distill-gen --max-tokens ''
complete_to '--no-overwrite' _distill_gen distill-gen --quiet --no-over
complete_to 'builtin,folder' _distill_gen distill-gen --teacher ''
complete_to 'other.jsonl' _distill_gen distill-gen --prompts o
complete_to 'a file.jsonl' _distill_gen distill-gen --dataset a
complete_to 'other.jsonl' _distill_filter distill-filter --decontaminate x.jsonl o
complete_to 'train-tokenizer' _distill distill train
complete_to 'show,score' _distill distill help s
complete_to '--rejected' _distill distill show --reje
complete_to 'jsonl,hf-messages,json,csv' _distill distill export --to ''
complete_to 'hf-messages' _distill distill export folder --to = h
complete_to 'folder' _distill distill show fo
complete_to 'other.jsonl' _distill distill verify --cases o
complete_to 'train,test' _distill distill problems --split ''
complete -p distill distill-gen distill-filter distill-train distill-bench >/dev/null || bad=1
exit $bad
END
bash complete.bash "$manual" || bad=1
exit $bad
