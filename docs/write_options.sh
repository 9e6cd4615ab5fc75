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
| 130 | interrupted by SIGINT or SIGTERM; the work so far is saved, and the same command resumes |

Environment variables:

| variable | effect |
|---|---|
| `DISTILL_BUILTIN_DIR` | where the built-in teacher is (a folder with `checkpoint/`, or the checkpoint itself); by default in the installation or the source tree |
| `DISTILL_KERNELS` | `plain`, `avx2` or `avx512`: kernels of this instruction set instead of the best that the processor has |
| `DISTILL_BLAS` | `openblas`: large products by OpenBLAS; `none`: never load it |
| `OPENAI_API_KEY` | key for served models; `--api-key-env` names another variable |
| `SSL_CERT_FILE`, `SSL_CERT_DIR` | authorities for TLS instead of the system's |
| `https_proxy`, `http_proxy`, `no_proxy` | proxies, as in curl |
| `TMPDIR` | where `throughput` makes its random checkpoints (default `/tmp`) |
| `SOURCE_DATE_EPOCH` | the time that is written into shards, for reproducible files |
| `HDF5_PLUGIN_PATH` | for other HDF5 programs that read shards: the folder of the plugin ([formats.md](formats.md)) |

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
