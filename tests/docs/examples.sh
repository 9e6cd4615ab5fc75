#!/bin/sh
# The examples in the opening comments of the headers compile. An example is a block of lines that begin with "//" and
# five spaces or more, after an empty comment line. tests/docs/examples.txt says for each block what the example takes
# for granted (declarations, further includes), or that it is not C. The compiler checks the syntax and the types;
# nothing runs.
cd "$DISTILL_SOURCE" || exit 1
table=tests/docs/examples.txt
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# One C file for each example. Lines and tails that are only "…" or "..." stand for code that is left out: they become
# empty statements, and a "…" at the end of a list is dropped. #line makes the compiler name the header.
find distill datasets teacher student bench -name '*.h' | sort > "$work/headers"
# shellcheck disable=SC2046 # the paths hold no spaces
awk -v work="$work" -v table="$table" '
    function complain(text) { print text; bad = 1 }
    function finish(    key, file) {
        if (lines == 0)
            return
        key = header (blocks > 1 ? " " blocks : "")
        found[key] = 1
        if (key in not_c) {
            if (code ~ /TRY\(/)
                complain(header ":" first ": " table " says that this is not C, but it holds TRY()")
        } else if (!(key in scope)) {
            complain(header ":" first ": " table " has no section [" key "] for this example")
        } else {
            file = work "/" ++examples ".c"
            printf "#include \"%s\"\n#include \"distill/base/status.h\"\n%s", header, includes[key] > file
            if (scope[key] == "file") {
                printf "%s#line %d \"%s\"\n%s", declarations[key], first, header, code > file
            } else {
                print "#define use(...) ((void)(__VA_ARGS__))" > file # whatever the reader does with a value
                print "static distill_status example(void)\n{\ndistill_status status = DISTILL_OK;" > file
                printf "%s{\n#line %d \"%s\"\n%s}\n", declarations[key], first, header, code > file
                print (code ~ /\ndone:/ ? "" : "done:\n") "return status;\n}" > file
            }
            close(file)
        }
        lines = 0
        code = ""
    }

    FILENAME == table {
        if ($0 ~ /^# / || $0 == "#" || NF == 0)
            next
        if ($0 ~ /^\[.*\]/) {
            section = $0
            sub(/^\[/, "", section)
            sub(/\].*/, "", section)
            scope[section] = $0 ~ /\] file scope$/ ? "file" : "function"
            where[section] = FNR
        } else if ($0 ~ /: not C$/) {
            section = $0
            sub(/: not C$/, "", section)
            not_c[section] = 1
            where[section] = FNR
        } else if ($0 ~ /^#/) {
            includes[section] = includes[section] $0 "\n"
        } else {
            declarations[section] = declarations[section] sprintf("#line %d \"%s\"\n%s\n", FNR, table, $0)
        }
        next
    }

    FNR == 1 {
        finish()
        header = FILENAME
        blocks = 0
        opening = 1
        before = ""
    }
    !opening { next }
    !/^\/\// { opening = 0; finish(); next }
    /^\/\/     / && (lines > 0 || before ~ /^\/\/ *$/) {
        if (lines++ == 0) {
            blocks++
            first = FNR
        }
        line = substr($0, 8)
        if (line ~ /^ *(…|\.\.\.)/)
            line = ";"
        gsub(/, *…/, "", line)
        sub(/(…|\.\.\.) *(\/\/.*)?$/, ";", line)
        sub(/; *…/, ";", line)
        code = code line "\n"
        before = $0
        next
    }
    /^\/\/ done:$/ && lines > 0 { code = code "done:\n"; next } # the label stands to the left of the statements
    { finish(); before = $0 }

    END {
        finish()
        for (key in where)
            if (!(key in found))
                complain(table ":" where[key] ": " key " has no such example")
        print examples " examples"
        exit bad
    }' "$table" $(cat "$work/headers") > "$work/said"
bad=$?
grep -v '^[0-9]* examples$' "$work/said"

# shellcheck disable=SC2046 # flags are words
if ! ${CC:-cc} -std=c17 -D_GNU_SOURCE -I. $(pkg-config --cflags libcjson hdf5) -fsyntax-only -Wall -Werror \
    -Wno-unused -Wno-unused-value -Wno-uninitialized "$work"/*.c 2> "$work/messages"; then
    cat "$work/messages"
    bad=1
fi
[ "$bad" -eq 0 ] && tail -1 "$work/said"
exit "$bad"
