#!/bin/sh
# Writes manual pages and completions as the programs print them:
#   OUT/man1/NAME.1   a page for each program and for each subcommand of distill
#   OUT/bash/NAME     completions of a program for bash
#   OUT/zsh/_NAME     completions of a program for zsh
# Usage: docs/write_manual.sh FOLDER-OF-PROGRAMS OUT
# EMULATOR is the command that runs programs of another processor, if that is what they are built for.
set -eu
bin=${1:?usage: docs/write_manual.sh FOLDER-OF-PROGRAMS OUT}
out=${2:?usage: docs/write_manual.sh FOLDER-OF-PROGRAMS OUT}
EMULATOR=${EMULATOR:-}
rm -rf "$out/man1" "$out/bash" "$out/zsh"
mkdir -p "$out/man1" "$out/bash" "$out/zsh"
for program in distill distill-gen distill-filter distill-train distill-bench; do
    $EMULATOR "$bin/$program" --help=man >"$out/man1/$program.1"
    $EMULATOR "$bin/$program" --help=bash >"$out/bash/$program"
    $EMULATOR "$bin/$program" --help=zsh >"$out/zsh/_$program"
done
for command in $($EMULATOR "$bin/distill" --help=markdown | sed -n 's/^- `distill \([^`]*\)`.*/\1/p'); do
    $EMULATOR "$bin/distill" "$command" --help=man >"$out/man1/distill-$command.1"
done
