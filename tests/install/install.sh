#!/bin/sh
# What `./run install` puts down: programs that run from there, a library that a program outside builds against (with
# pkg-config and with CMake), headers that compile alone, recipes that find their files, and an uninstall that leaves nothing.
set -eu
work=$(mktemp -d "${TMPDIR:-/tmp}/distill-install-XXXXXX")
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
unset DISTILL_BUILTIN_DIR
fail() {
    echo "FAILED: $*"
    exit 1
}
case $(sed -n 's/^DISTILL_SANITIZE:[A-Z]*=//p' "$DISTILL_BUILD/CMakeCache.txt") in
OFF) ;;
*) # what is installed is never a sanitizer's build
    echo 'skipped: installation is tested in the release build'
    exit 77
    ;;
esac
cmake --install "$DISTILL_BUILD" --prefix "$prefix" >"$work/install.txt"

# the programs find the built-in teacher and each other
for program in distill-gen distill-filter distill-train distill-bench distill; do
    "$prefix/bin/$program" --version | grep -q '^distill' || fail "$program does not start"
done
"$prefix/bin/distill-gen" --teacher builtin --prompts builtin:arithmetic:2 --output "$work/traces" --max-tokens 128 --quiet >"$work/gen.txt"
"$prefix/bin/distill" run "$prefix/share/distill/builtin/demo.json" --workdir "$work/demo" --dry-run >"$work/dry.txt" 2>&1
[ -s "$prefix/share/distill/builtin/student.json" ] || fail 'the recipes lack their files'
[ -s "$prefix/share/doc/distill/formats.md" ] || fail 'the documentation is not installed'

# a program outside, built with pkg-config
libdir=$(dirname "$(find "$prefix" -name distill.pc)")
flags=$(PKG_CONFIG_PATH=$libdir pkg-config --cflags --libs distill)
# shellcheck disable=SC2086
${CC:-cc} -std=c17 -Wall -Wextra -Werror "$DISTILL_SOURCE/tests/install/consumer.c" $flags -o "$work/consumer"
"$work/consumer" "$prefix/share/distill/builtin/checkpoint" "$work/out" >"$work/consumer.txt" 2>"$work/consumer.err" || {
    cat "$work/consumer.err"
    fail 'the program built with pkg-config'
}
grep -qx 'right: 38' "$work/consumer.txt" || fail "the program printed: $(cat "$work/consumer.txt")"

# the same with CMake
cmake -S "$DISTILL_SOURCE/tests/install" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" >"$work/cmake.txt"
cmake --build "$work/build" >>"$work/cmake.txt"
"$work/build/consumer" "$prefix/share/distill/builtin/checkpoint" "$work/out2" 2>/dev/null | cmp - "$work/consumer.txt"

# every installed header compiles alone
include=$prefix/include/distill-toolkit
(cd "$include" && find . -name '*.h' | sed 's,^\./,,') | while read -r header; do
    printf '#include "%s"\n' "$header" | ${CC:-cc} -std=c17 -Wall -Wextra -Werror -D_GNU_SOURCE -I"$include" -x c -fsyntax-only - ||
        fail "$header does not compile alone"
done

# and away again
"$DISTILL_SOURCE/run" uninstall --prefix "$prefix" >"$work/uninstall.txt" 2>&1
left=$(find "$prefix" ! -type d 2>/dev/null || true)
[ -z "$left" ] || fail "left behind: $left"
cat "$work/consumer.txt"
