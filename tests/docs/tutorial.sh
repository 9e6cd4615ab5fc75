#!/bin/sh
# Runs every command of docs/tutorial.md (blocks marked sh), in order, in one folder; the served teacher is the tests' own.
set -eu
. "$DISTILL_SOURCE/tests/faults/served_support.sh"
serve teacher
cd "$work"
BUILTIN=$DISTILL_SOURCE/teacher/builtin/checkpoint
PATH=$DISTILL_BIN:$PATH
export BUILTIN PATH
awk '/^```sh$/ {inside = 1; next} /^```$/ {inside = 0} inside' "$DISTILL_SOURCE/docs/tutorial.md" |
    sed "s,http://localhost:8000/v1,$url,g" >commands.sh
[ "$(grep -c '^distill' commands.sh)" -ge 10 ] || fail 'the tutorial has lost its commands'
sh -eu commands.sh >out.txt 2>err.txt || {
    cat out.txt err.txt
    fail "a command of the tutorial failed"
}
for file in kept/manifest.json student/model.safetensors bench/report.html my-student/model.safetensors my-bench/results.json \
    recipe-run/kept/manifest.json; do
    [ -s "$file" ] || fail "the tutorial did not make $file"
done
finish
