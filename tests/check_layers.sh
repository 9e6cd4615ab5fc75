#!/bin/sh
# The include path is the architecture: layers, wrappers of libraries and stems, checked by grep. Run from anywhere.
cd "$(dirname "$0")/.." || exit 1
bad=0
complain() { echo "$1"; bad=1; }

# refuse FOLDER PATTERN WHY: no include in FOLDER's sources may match PATTERN
refuse() {
    found=$(grep -rnE --include='*.[ch]' "^#include [\"<]($2)" "$1" 2>/dev/null)
    [ -z "$found" ] || complain "$3:
$found"
}
refuse distill 'datasets/|teacher/|student/|bench/' 'the core (distill/) includes only distill/'
refuse datasets 'teacher/|student/|bench/' 'datasets/ includes only distill/ and datasets/'
refuse teacher 'student/|bench/' 'teacher/ does not know the other stages'
refuse student 'teacher/|bench/' 'student/ does not know the other stages'
refuse bench 'teacher/|student/' 'bench/ does not know the other stages'
# modules of the core: what each must not include
refuse distill/base 'distill/(text|tensor|model|checkpoint|generate|openai|train|report|tools)/' 'base includes nothing above it'
refuse distill/text 'distill/(tensor|model|checkpoint|generate|openai|train|report|tools)/' 'text does not include tensors'
refuse distill/tensor 'distill/(text|model|checkpoint|generate|openai|train|report|tools)/' 'tensor does not include models'
refuse distill/model 'distill/(checkpoint|generate|openai|train|report|tools)/' 'model does not include files, sampling and training'
refuse distill/checkpoint 'distill/(generate|openai|train|report|tools)/' 'checkpoint does not include sampling and training'
refuse distill/generate 'distill/(openai|train|report|tools)/' 'generate does not include servers and training'
refuse distill/openai 'distill/(tensor|model|checkpoint|train|report|tools)/' 'openai does not include models'
refuse distill/report 'distill/(text|tensor|model|checkpoint|generate|openai|train|tools)/' 'report knows only base'
refuse distill/train 'distill/(generate|openai|text|tools)/' 'train does not include sampling and text'
# modules of datasets/, from the lowest to the highest
refuse datasets/sandbox 'datasets/(verify|prompts|traces|sample|evaluate|filter|tools)/|distill/(text|tensor|model|generate|train)/' 'sandbox knows only base'
refuse datasets/verify 'datasets/(prompts|traces|sample|evaluate|filter|tools)/|distill/(tensor|model|checkpoint|generate|openai|train)/' 'verify does not include traces and models'
refuse datasets/prompts 'datasets/(traces|sample|evaluate|filter|tools)/' 'prompts does not include traces'
refuse datasets/traces 'datasets/(prompts|sample|evaluate|filter|tools)/' 'traces does not include prompts and sampling'
refuse datasets/sample 'datasets/(evaluate|filter|tools)/' 'sample does not include evaluation and filtering'
refuse datasets/evaluate 'datasets/(filter|tools)/' 'evaluate does not include filtering'
refuse datasets/filter 'datasets/(evaluate|tools)/' 'filter does not include evaluation'

# wrapper HEADER FILES...: the header is included by these files only
wrapper() {
    header=$1
    shift
    found=$(grep -rlE --include='*.[ch]' "^#include <$header" distill datasets teacher student bench)
    for file in $found; do
        case " $* " in
        *" $file "*) ;;
        *) complain "$file includes <$header>, which only these files wrap: $*" ;;
        esac
    done
}
wrapper 'cblas\.h' distill/tensor/blas.c
wrapper 'cjson/' distill/base/json/json_reader.c distill/base/json/json_cjson.c distill/base/json/json_blocks.c
wrapper 'pcre2\.h' distill/text/tokenizer/split_pattern.c
wrapper 'utf8proc\.h' distill/text/unicode.c
wrapper 'openssl/' distill/base/sha256.c
wrapper 'curl/' distill/openai/http_transfer.h
wrapper 'gmp\.h' datasets/verify/math/number/exact.c
wrapper 'zlib\.h' datasets/verify/code/compressed_tests.c datasets/traces/journal.c
wrapper 'zstd\.h' distill/base/zstd_frames.c datasets/traces/shard/zstd_filter.c
wrapper 'seccomp\.h' datasets/sandbox/system_calls.c
wrapper 'mpi\.h' distill/train/data_parallel.c
for file in $(grep -rlE --include='*.[ch]' '^#include <(hdf5|H5PLextern)\.h' distill datasets teacher student bench); do
    case $file in
    datasets/traces/shard/* | datasets/traces/plugin/*) ;;
    *) complain "$file includes HDF5, whose doors are the shard files and the zstd filter" ;;
    esac
done

# Instructions beyond a processor's baseline (SSE2 is that of x86-64) stand in files that are compiled for
# them, never behind pragmas or attributes.
for file in $(grep -rlE --include='*.[ch]' '^#include <(immintrin|[a-df-z][a-z]*intrin|arm_neon|cpuid)\.h>' distill datasets teacher student bench); do
    case $file in
    distill/tensor/cpu/x86/* | bench/perf/x86/* | distill/base/cpu_features.c) ;;
    *) complain "$file includes intrinsics, whose place is distill/tensor/cpu/x86" ;;
    esac
done
found=$(grep -rnE --include='*.[ch]' '__attribute__\(\((target|optimize)\(|#pragma GCC' distill datasets teacher student bench)
[ -z "$found" ] || complain "compiler options in the source (set them in CMake):
$found"

# What decides a token or a log-probability has the same bits on every machine: no functions of the C library that round
# differently there (portable_math.h has its own). Training does not promise that.
found=$(grep -rnE --include='*.[ch]' '^[^/]*[^a-z_](exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|tanh|erf|cbrt|hypot)[fl]?\(' \
    distill/tensor distill/model distill/generate | grep -v '^distill/tensor/\(attention\|cross_entropy\)\.c:')
[ -z "$found" ] || complain "functions whose bits depend on the C library (use distill/tensor/portable_math.h):
$found"

# no include cycles, where a .c with its .h is one node; a .c that includes a private header of its folder is one of the
# files that make up that header's module together. tsort names the members of each cycle that it meets
private=$(find distill datasets teacher student bench -name '*.h' -exec awk 'FNR <= 8 && /^\/\/.*[Pp]rivate/ {print FILENAME; nextfile}' {} +)
cycles=$(grep -rE --include='*.[ch]' '^#include "' distill datasets teacher student bench |
    sed -E 's/^([^:]*):#include "(.*)".*/\1 \2/' |
    awk -v private="$private" 'BEGIN {n = split(private, list, "\n"); for (i = 1; i <= n; i++) is_private[list[i]] = 1}
        {from = $1; to = $2; sub(/[^\/]*$/, "", from); sub(/[^\/]*$/, "", to)}
        $1 ~ /\.c$/ && ($2 in is_private) && from == to {next}
        {sub(/\.[ch]$/, "", $1); sub(/\.h$/, "", $2); if ($1 != $2) print}' | sort -u | tsort 2>&1 >/dev/null |
    awk '/contains a loop/ {printf "%s", n++ ? "\n" : ""; next} {printf " %s", $2}')
[ -z "$cycles" ] || complain "include cycles:
$cycles"

# a .c with its .h is one stem; the folder with the most must stay readable at one look
crowded=$(find distill datasets teacher student bench -name '*.[ch]' | sed 's/\.[ch]$//' | sort -u | sed 's,/[^/]*$,,' |
    uniq -c | awk '$1 > 18 {print $2 " (" $1 ")"}')
[ -z "$crowded" ] || complain "more than 18 stems in a folder: $crowded"
stems=$(find distill datasets teacher student bench -name '*.c' -exec basename {} .c \; | sort | uniq -d)
[ -z "$stems" ] || complain "stems that are not unique: $stems"
found=$(grep -rnE --include='*.c' '(^|[^a-z_])(return|=) DISTILL_(NO_MEMORY|USAGE|FORMAT|IO|UNSUPPORTED|LIMIT|REMOTE|MISMATCH|NUMERIC|INTERNAL);' \
    distill datasets teacher student bench | grep -v '^distill/base/\(status\|options/options\)\.c')
[ -z "$found" ] || complain "a failure without a message (use distill_fail):
$found"
found=$(grep -rnE --include='*.[ch]' '(TODO|FIXME|XXX|#if 0)' distill datasets teacher student bench)
[ -z "$found" ] || complain "unfinished work:
$found"
[ $bad = 0 ] && echo "layers, wrappers and stems are as docs/architecture.md draws them"
exit $bad
