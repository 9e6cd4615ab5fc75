#!/bin/sh
# Writes docs/options.md from the programs' own help. Usage: docs/write_options.sh BIN > docs/options.md
set -eu
bin=${1:?usage: docs/write_options.sh FOLDER-OF-PROGRAMS}
cat <<'END'
# Options

Made by `docs/write_options.sh build/bin` from `--help=markdown` of every program; a test compares it.

- `--name VALUE` and `--name=VALUE` are the same, and so are `-` and `_` in names.
- A flag is switched on by `--name` and off by `--no-name`.
- Further names in a row are other spellings of the option, most of them those of other tools.
- A repeatable option takes several values after one name, or its name again before each.
- `--config FILE.json` takes any long name as a key; the command line takes precedence.
- `--help`, `--version`; `--help=man` prints the manual page, `--help=bash` and `--help=zsh` completions.

Exit status of every program:

| status | meaning |
|---|---|
| 0 | done; also of `distill verify` when it disagrees with cases, and of `distill-gen` when samples have failed: the output counts them |
| 1 | failed: one line on stderr says what, where and what to do |
| 2 | bad usage |
| 130 | interrupted by SIGINT or SIGTERM; the work so far is saved, and the same command goes on |

END
for program in distill-gen distill-filter distill-train distill-bench distill; do
    "$bin/$program" --help=markdown
done
for command in $("$bin/distill" --help=markdown | sed -n 's/^- `distill \([^`]*\)`.*/\1/p'); do
    "$bin/distill" "$command" --help=markdown
done
"$bin/throughput" --help=markdown
printf '## distill-sandbox\n\n'
"$bin/distill-sandbox" --help | sed 's/^\(.\)/    \1/'
