#!/bin/sh
# Writes docs/options.md from the programs' own help. Usage: docs/write_options.sh BIN > docs/options.md
set -eu
bin=${1:?usage: docs/write_options.sh FOLDER-OF-PROGRAMS}
printf '# Options\n\nMade by `docs/write_options.sh build/bin` from `--help=markdown` of every program; a test compares it.\n\n'
for program in distill-gen distill-filter distill-train distill-bench; do
    "$bin/$program" --help=markdown
done
for tool in run show export import tokenize render score verify problems train-tokenizer doctor; do
    "$bin/distill" $tool --help=markdown
done
