// datasets/verify/code/code_reply.h - finds the program in a reply.
//
// Only the text after the last </think> is read. The program is the last fenced block marked as
// Python, C or C++; failing that, the last unmarked block; failing that, the whole text, if it
// completes a function or looks like a program. A block that defines the requested function is
// preferred to later ones that only use it.
#ifndef DATASETS_VERIFY_CODE_CODE_REPLY_H
#define DATASETS_VERIFY_CODE_CODE_REPLY_H

#include "distill/base/text.h"

typedef enum code_language { CODE_UNKNOWN_LANGUAGE, CODE_PYTHON, CODE_CPP, CODE_C } code_language;

typedef struct code_reply {
    distill_span code;      // borrowed from the reply; empty: none
    code_language language; // as marked, else a guess
    bool fenced;            // in a block
    bool guessed;           // the block is not marked with a known language
} code_reply;

/// `entry` is the name of the requested function; "" for a whole program.
void code_reply_find(code_reply *out, distill_span response, distill_span entry);
/// "python", "py", "python3", "cpp", "c++", "cc", "c", …, ignoring case.
code_language code_language_of(distill_span name);
/// The code defines a Python function or class of that name, or assigns to the name.
bool code_defines(distill_span code, distill_span name);
/// Takes the next line off *rest, without its line end; false at the end.
bool code_next_line(distill_span *line, distill_span *rest);

#endif
