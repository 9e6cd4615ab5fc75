#!/bin/sh
# Every source file is as clang-format (version 14) writes it.
cd "$(dirname "$0")/.." || exit 1
tool=$(command -v clang-format-14 || command -v clang-format) || {
    echo "skipped: clang-format is not installed"
    exit 77
}
case $("$tool" --version) in
*' 14.'*) ;;
*)
    echo "skipped: clang-format 14 is needed, found: $("$tool" --version)"
    exit 77
    ;;
esac
find distill datasets teacher student bench tests -name '*.[ch]' -print0 | xargs -0 "$tool" --dry-run --Werror
