// datasets/verify/code/code_language.c - tables of names and of words that only one language has.
//
// A guess needs words that Python, C and C++ do not have at the beginning of a line.
#include "datasets/verify/code/code_language.h"

#include <string.h>
#include <strings.h>

static const char *const PYTHON[] = {"python",  "py",    "python3", "py3",
                                     "python2", "pypy3", "pypy",    "ipython"};
static const char *const CPP[] = {"cpp",   "c++",   "cc",    "cxx",   "c++11", "c++14",
                                  "c++17", "c++20", "c++23", "cpp11", "cpp14", "cpp17",
                                  "cpp20", "cpp23", "g++",   "hpp"};
static const char *const C[] = {"c", "c11", "c99", "c17", "gcc", "ansi-c"};
static const char *const OTHER[] = {
    "java",   "kotlin",     "kt",     "scala",   "groovy",  "clojure",    "go",      "golang",
    "rust",   "rs",         "swift",  "csharp",  "c#",      "cs",         "fsharp",  "f#",
    "vb",     "javascript", "js",     "node",    "jsx",     "ts",         "tsx",     "php",
    "ruby",   "typescript", "rb",     "perl",    "pl",      "lua",        "r",       "julia",
    "jl",     "dart",       "d",      "haskell", "hs",      "ocaml",      "ml",      "erlang",
    "elixir", "ex",         "racket", "scheme",  "lisp",    "pascal",     "delphi",  "ada",
    "cobol",  "nim",        "zig",    "v",       "fortran", "f90",        "crystal", "prolog",
    "matlab", "octave",     "objc",   "sql",     "cuda",    "objective-c"};

static bool is_one_of(distill_span name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (name.length == strlen(names[i]) && strncasecmp(name.bytes, names[i], name.length) == 0)
            return true;
    return false;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

code_language code_language_of(distill_span name)
{
    if (is_one_of(name, PYTHON, COUNT(PYTHON)))
        return CODE_PYTHON;
    if (is_one_of(name, CPP, COUNT(CPP)))
        return CODE_CPP;
    if (is_one_of(name, C, COUNT(C)))
        return CODE_C;
    return is_one_of(name, OTHER, COUNT(OTHER)) ? CODE_OTHER_LANGUAGE : CODE_UNKNOWN_LANGUAGE;
}

/// `sign` stands at the beginning of a line, after spaces only, and is not assigned to.
static bool begins_line(distill_span code, const char *sign)
{
    distill_span wanted = distill_span_of(sign);
    for (size_t at = 0; (at = distill_span_find(code, wanted, at)) != SIZE_MAX; at++) {
        size_t before = at;
        while (before > 0 && (code.bytes[before - 1] == ' ' || code.bytes[before - 1] == '\t'))
            before--;
        size_t end = at + wanted.length;
        bool assigned = end < code.length && code.bytes[end] == '=';
        if (!assigned && (before == 0 || code.bytes[before - 1] == '\n'))
            return true;
    }
    return false;
}

static bool has(distill_span code, const char *word)
{
    return distill_span_find(code, distill_span_of(word), 0) != SIZE_MAX;
}

code_language code_language_guess(const char **name, distill_span code)
{
    static const char *const CPP_SIGNS[] = {"std::", "using namespace", "#include <bits/",
                                            "#include <iostream>"};
    static const struct {
        const char *sign, *name;
    } OTHERS[] = {
        {"public class ", "Java"}, {"public static ", "Java"},
        {"import java.", "Java"},  {"package main", "Go"},
        {"func ", "Go or Swift"},  {"fn ", "Rust"},
        {"use std::", "Rust"},     {"let mut ", "Rust"},
        {"pub fn ", "Rust"},       {"fun main(", "Kotlin"},
        {"fun ", "Kotlin"},        {"using System", "C#"},
        {"namespace ", "C#"},      {"function ", "JavaScript"},
        {"const ", "JavaScript"},  {"console.log(", "JavaScript"},
        {"let ", "JavaScript"},    {"<?php", "PHP"},
        {"puts ", "Ruby"},         {"require '", "Ruby"},
        {"use strict", "Perl"},    {"main :: ", "Haskell"},
        {"main = do", "Haskell"},  {"import Data.", "Haskell"},
        {"object Main", "Scala"},  {"import Foundation", "Swift"},
        {"program ", "Pascal"},    {"begin\n", "Pascal"},
    };
    *name = "";
    for (size_t i = 0; i < COUNT(CPP_SIGNS); i++)
        if (has(code, CPP_SIGNS[i]))
            return has(code, "use std::") ? (*name = "Rust", CODE_OTHER_LANGUAGE) : CODE_CPP;
    if (has(code, "#include"))
        return CODE_CPP;
    if (begins_line(code, "def ") && !has(code, "\nend") && !has(code, " = {\n"))
        return CODE_PYTHON;
    for (size_t i = 0; i < COUNT(OTHERS); i++) {
        if (begins_line(code, OTHERS[i].sign)) {
            *name = OTHERS[i].name;
            return CODE_OTHER_LANGUAGE;
        }
    }
    return CODE_PYTHON;
}
