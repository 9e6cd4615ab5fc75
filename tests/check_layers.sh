#!/bin/sh
# The include path is the architecture: floors, doors and stems, checked by grep. Run from anywhere.
cd "$(dirname "$0")/.." || exit 1
bad=0
complain() { echo "$1"; bad=1; }

# refuse FOLDER PATTERN WHY: no include in FOLDER's sources may match PATTERN
refuse() {
    found=$(grep -rnE --include='*.[ch]' "^#include [\"<]($2)" "$1" 2>/dev/null | grep -v '^distill/tools/')
    [ -z "$found" ] || complain "$3:
$found"
}
refuse distill 'datasets/|teacher/|student/|bench/' 'the core (distill/) includes only distill/'
refuse datasets 'teacher/|student/|bench/' 'datasets/ includes only distill/ and datasets/'
refuse teacher 'student/|bench/' 'teacher/ does not know the other stages'
refuse student 'teacher/|bench/' 'student/ does not know the other stages'
refuse bench 'teacher/|student/' 'bench/ does not know the other stages'
# rooms of the core: what each knows nothing of
refuse distill/base 'distill/(text|tensor|model|generate|train|report|tools)/' 'base knows nothing above it'
refuse distill/text 'distill/(tensor|model|generate|train|report)/' 'text knows nothing of tensors'
refuse distill/tensor 'distill/(text|model|generate|train|report)/' 'tensor knows nothing of models'
refuse distill/model 'distill/(generate|train|report)/' 'model knows nothing of sampling and training'
refuse distill/report 'distill/(text|tensor|model|generate|train)/' 'report knows only base'
refuse distill/train 'distill/(generate|text)/' 'train knows nothing of sampling and text'
refuse datasets/verify 'datasets/(filter|[a-z_]*\.h)|distill/(text|tensor|model|generate|train)/' 'verify knows only base'

# door HEADER FILES...: the header is included by these files only
door() {
    header=$1
    shift
    found=$(grep -rlE --include='*.[ch]' "^#include <$header" distill datasets teacher student bench)
    for file in $found; do
        case " $* " in
        *" $file "*) ;;
        *) complain "$file includes <$header>, whose door is: $*" ;;
        esac
    done
}
door 'cblas\.h' distill/tensor/blas.c
door 'cjson/' distill/base/json.c distill/base/json_quick.c
door 'pcre2\.h' distill/text/pretokenizer.c
door 'utf8proc\.h' distill/text/unicode.c
door 'openssl/' distill/base/sha256.c
door 'curl/' distill/generate/remote.c
door 'gmp\.h' datasets/verify/exact.c
door 'zlib\.h' datasets/verify/packed_tests.c
door 'mpi\.h' distill/train/data_parallel.c
for file in $(grep -rlE --include='*.[ch]' '^#include <(hdf5|H5PLextern)\.h' distill datasets teacher student bench); do
    case $file in
    datasets/shard_*.[ch] | datasets/zstd_filter.[ch] | datasets/hdf5_*.[ch] | datasets/plugin/*) ;;
    *) complain "$file includes HDF5, whose doors are the shard files and the zstd filter" ;;
    esac
done

stems=$(find distill datasets teacher student bench -name '*.c' -exec basename {} .c \; | sort | uniq -d)
[ -z "$stems" ] || complain "stems that are not unique: $stems"
found=$(grep -rnE --include='*.c' '(^|[^a-z_])(return|=) DISTILL_(NO_MEMORY|USAGE|FORMAT|IO|UNSUPPORTED|LIMIT|REMOTE|MISMATCH|NUMERIC|INTERNAL);' \
    distill datasets teacher student bench | grep -v '^distill/base/\(status\|options\)\.c')
[ -z "$found" ] || complain "a failure without a message (use distill_fail):
$found"
found=$(grep -rnE --include='*.[ch]' '(TODO|FIXME|XXX|#if 0)' distill datasets teacher student bench)
[ -z "$found" ] || complain "unfinished work:
$found"
[ $bad = 0 ] && echo "layers, doors and stems are as docs/architecture.md draws them"
exit $bad
