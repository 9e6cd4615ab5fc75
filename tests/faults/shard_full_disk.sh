#!/bin/sh
# A full disk: a message of one line, status 1, and with more space the same command resumes.
set -eu
bin=$DISTILL_BIN
rm -rf full && mkdir full && cd full
awk 'BEGIN {
    srand(7)
    for (i = 0; i < 400; i++) {
        filler = ""
        for (j = 0; j < 300; j++)
            filler = filler sprintf("%c%c%d", 97 + rand() * 26, 97 + rand() * 26, rand() * 1000)
        printf "{\"id\":\"n%d\",\"prompt\":\"p%d\",\"response\":\"%s\"}\n", i, i, filler
    }
}' >traces.jsonl
"$bin/distill" import traces.jsonl -o whole --shard-traces 100 --quiet >out
# a limit on the file size makes a write fail in the middle, as a full disk does: first in the journal, then in a shard
for blocks in 100 200 1200; do
    status=0
    (
        trap '' XFSZ
        ulimit -f $blocks
        exec "$bin/distill" import traces.jsonl -o limited --shard-traces 100 --quiet
    ) >out 2>&1 || status=$?
    if [ $status != 0 ]; then
        [ $status = 1 ] || { cat out; exit 1; }
        [ "$(wc -l <out)" = 1 ] || { echo 'one line was expected:'; cat out; exit 1; }
        grep -q 'distill import: error: limited' out || { cat out; exit 1; }
    fi
done
(
    trap '' XFSZ
    ulimit -f 40
    "$bin/distill-filter" --input whole --output small --verify none --quiet >out 2>&1 && exit 1
    grep -q 'distill-filter: error: small' out || { cat out; exit 1; }
)
"$bin/distill-filter" --input whole --output small --verify none --quiet >out
"$bin/distill" import traces.jsonl -o limited --shard-traces 100 --quiet >out
"$bin/distill" export whole >a.jsonl
"$bin/distill" export limited >b.jsonl
"$bin/distill" export small | sed 's/,"correct".*/}/' >c.jsonl
cmp a.jsonl b.jsonl
cmp a.jsonl c.jsonl
# a separate file system, if mounting is permitted
unshare -rm true 2>err || { echo 'cannot mount a small file system here: this part was not tested'; exit 0; }
unshare -rm sh -eu <<END
mkdir disk
mount -t tmpfs -o size=300k tmpfs disk 2>err || exit 0
full() { # full COMMAND...: the disk becomes full during the command; one line reports it, and no partial file is left
    status=0
    "\$@" --quiet >out 2>&1 || status=\$?
    [ \$status = 1 ] && [ "\$(wc -l <out)" = 1 ] && grep -q 'No space left' out || { cat out; exit 1; }
    for left in disk/*.jsonl* disk/*/*.tmp*; do
        [ ! -e "\$left" ] || { echo "\$left was left"; exit 1; }
    done
}
full "$bin/distill" import traces.jsonl -o disk/out --shard-traces 100
mount -o remount,size=8m disk
"$bin/distill" import traces.jsonl -o disk/out --shard-traces 100 --quiet >out 2>&1
"$bin/distill" export disk/out | cmp - a.jsonl
mount -o remount,size=700k disk
full "$bin/distill-filter" --input whole --output disk/kept --rejected disk/rejected --verify none --shard-traces 100
full "$bin/distill" export whole -o disk/a.jsonl
mount -o remount,size=8m disk
"$bin/distill-filter" --input whole --output disk/kept --rejected disk/rejected --verify none --shard-traces 100 --quiet >out
"$bin/distill" export disk/kept | sed 's/,"correct".*/}/' | cmp - a.jsonl
# a disk that cannot be written to: reported before any work, with the path; reading still works
mount -o remount,ro disk
status=0
"$bin/distill" import traces.jsonl -o disk/new --quiet >out 2>&1 || status=\$?
[ \$status = 1 ] && grep -q 'disk/new: .*Read-only file system' out || { cat out; exit 1; }
status=0
"$bin/distill-filter" --input whole --output disk/kept --overwrite --verify none --quiet >out 2>&1 || status=\$?
[ \$status = 1 ] && grep -q 'disk/kept.*Read-only file system' out || { cat out; exit 1; }
"$bin/distill" export disk/out | cmp - a.jsonl
"$bin/distill" show disk/out --verify -n 1 >out
END
