#!/bin/sh
# throughput: the parts have names, a row has its figures in the table and in the JSON, bad names are refused.
set -u
rm -rf throughput-work && mkdir throughput-work && cd throughput-work || exit 1
mkdir tmp && TMPDIR=$PWD/tmp && export TMPDIR || exit 1 # of this test alone
throughput=$DISTILL_BIN/throughput
bad=0
fail() {
    echo "$*"
    bad=1
}
"$throughput" --list >list.txt || fail "--list fails"
grep -qx 'train-q' list.txt || fail "--list does not name train-q"
"$throughput" no-such-part >out.txt 2>&1
[ $? = 2 ] || fail "an unknown part is not a usage error"
grep -q 'no-such-part' out.txt || fail "the unknown part is not named: $(cat out.txt)"

"$throughput" tiny decode-builtin-bf16 --seconds 0 --threads 2 --work-dir models --json out.json >out.txt 2>log.txt ||
    fail "status $?: $(cat log.txt)"
grep -q '^ceilings, 2 threads' out.txt || fail "no ceilings in the table"
grep -qE '^tiny +2 .*% of fp32' out.txt || fail "no share of the limit: $(cat out.txt)"
for key in fp32_flops int8_ops memory_bytes_per_s share_of_limit peak_bytes limited_by; do
    grep -q "\"$key\":" out.json || fail "the JSON lacks $key"
done
grep -q '"failure"' out.json && fail "a part failed: $(cat out.json)"
[ -s models/S/model.safetensors ] || fail "--work-dir does not keep the checkpoint"
[ -z "$(ls tmp)" ] || fail "a folder was left behind"
[ $bad = 0 ] && echo "throughput measures and reports"
exit $bad
