#!/bin/sh
# docs/options.md agrees with the help of the programs.
"$DISTILL_SOURCE/docs/write_options.sh" "$DISTILL_BIN" >options.md || exit 1
diff -u "$DISTILL_SOURCE/docs/options.md" options.md && exit 0
echo 'docs/options.md is out of date: run docs/write_options.sh build/bin > docs/options.md'
exit 1
