// datasets/verify/code/python_source.h - Python text read line by line: statements, the names that
// they define, indentation, and lines that are prose. Private to the verifier.
//
// Nothing is parsed completely: strings, comments, brackets and indentation are followed, which is
// enough to cut a program out of a reply.
#ifndef DATASETS_VERIFY_CODE_PYTHON_SOURCE_H
#define DATASETS_VERIFY_CODE_PYTHON_SOURCE_H

#include "distill/base/text.h"

/// Takes the next line off *rest, without its line end; false at the end.
bool python_next_line(distill_span *line, distill_span *rest);

/// What a line leaves open for the next one.
typedef struct python_state {
    int depth;      // of brackets
    char quote;     // ' or " within a string of three quotes, else 0
    bool backslash; // at the end of the line
} python_state;

void python_scan_line(python_state *state, distill_span line);
/// The next line belongs to the same statement.
bool python_is_open(const python_state *state);

/// The spaces and tabs at the beginning of a line.
distill_span python_indent(distill_span line);
bool python_is_blank(distill_span line);
/// No line of Python begins like this: two words without an operator, "Done.", "It's", a bullet.
bool python_is_prose(distill_span line);

/// Takes the next statement off *rest, with the lines that are indented below it, and for `if` and
/// `try` their branches; false at the end. All indentation is relative to that of the first line.
bool python_next_statement(distill_span *statement, distill_span *rest);
/// A function, a class or an import.
bool python_is_definition(distill_span statement);
/// `NAME = value` without a call in the value.
bool python_is_constant(distill_span statement);
/// The `i`th name that a definition or assignment defines; false if there are fewer.
bool python_defined_name(distill_span *name, distill_span statement, size_t i);
/// A statement on the first level of `code` defines `name`.
bool python_defines(distill_span code, distill_span name);
/// `name` occurs in `code` as a word that is no attribute; with `called`, a "(" follows.
bool python_uses(distill_span code, distill_span name, bool called);

/// The indentation of the body of the last function in `code`, which may end with its head.
distill_status python_body_indent(distill_text *out, distill_span code) DISTILL_MUST_CHECK;

#endif
