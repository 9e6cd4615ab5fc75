#!/bin/sh
# The documentation is true where a program can tell: flags in commands exist, links lead to files, paths of the source
# tree exist, nothing outside the repository is named.
cd "$DISTILL_SOURCE" || exit 1
pages=$(find . -name '*.md' -not -path './build*' -not -path './tests/fuzz/*' | sort)
bad=0
complain() {
    echo "$1"
    bad=1
}

# flags: those of options.md, and --no-FLAG; programs of tests and of the system are not ours to check
known=$({
    cat docs/options.md
    "$DISTILL_BIN/throughput" --help
} | grep -oE -e '--[a-z0-9][a-z0-9_-]*' | tr _ - | sort -u)
for page in $pages; do
    [ "$page" = ./docs/options.md ] && continue
    # commands in blocks (a line that begins with one of our programs, with its continuation lines) and in `…`
    used=$(
        {
            awk '/^```/ {inside = !inside; next}
                 inside {if (more || /^ *(\$ )?(build\/bin\/)?(distill|throughput)/) {print; more = /\\$/} else more = 0}' "$page"
            grep -oE '`(distill|throughput)[^`]*`' "$page"
        } | sed 's/#.*//' | grep -oE -e '(^|[[:space:]])--[a-z0-9][a-z0-9_-]*' | tr -d ' \t' | tr _ - | sort -u
    )
    for flag in $used; do
        base=--${flag#--no-}
        printf '%s\n' "$known" | grep -qxF -e "$flag" || printf '%s\n' "$known" | grep -qxF -e "$base" ||
            case $flag in --help | --version | --help-*) ;; *) complain "$page: no program has $flag" ;; esac
    done

    # links to files
    folder=$(dirname "$page")
    for link in $(grep -oE '\]\([^)#]+' "$page" | sed 's/^](//' | grep -v '^[a-z]*:' | sort -u); do
        [ -e "$folder/$link" ] || complain "$page: the link $link leads nowhere"
    done

    # paths of the tree in `…`; braces, stars and names of variables are patterns
    for path in $(grep -oE '`(distill|datasets|teacher|student|bench|tests|docs)/[A-Za-z0-9_./-]+`' "$page" | tr -d '`' | sort -u); do
        path=${path%/}
        case $path in */MODULE/* | bench/problems* | bench/samples* | bench/*.json | bench/*.html) continue ;; esac # files of an output
        [ -e "$path" ] || [ -e "$path.h" ] || [ -e "$path.c" ] || ls "$path"* >/dev/null 2>&1 || complain "$page: there is no $path"
    done
    if grep -nE '\.\./shared|/w[o]rk/|/tmp/' "$page"; then complain "$page names a path outside the repository"; fi
done
[ $bad = 0 ] && echo 'flags, links and paths in the documentation exist'
exit $bad
