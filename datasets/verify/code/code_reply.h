// datasets/verify/code/code_reply.h - the program within a reply.
//
// Only the text behind the last </think> is read. The program is the last fenced block that says it
// holds Python, C or C++; failing that, the last one that says nothing; failing that, the whole text
// if it is the completion of a function or looks like a program. Of several blocks the last one that
// defines the function wanted wins over later ones that only use it.
#ifndef DATASETS_VERIFY_CODE_CODE_REPLY_H
#define DATASETS_VERIFY_CODE_CODE_REPLY_H

#include "distill/base/text.h"

typedef enum code_language { CODE_UNKNOWN_LANGUAGE, CODE_PYTHON, CODE_CPP, CODE_C } code_language;

typedef struct code_reply {
    distill_span code;      // within the reply; empty = none
    code_language language; // what the block says, or looks like
    bool fenced;
    bool says_nothing; // the language is a guess
} code_reply;

/// `entry`: the function wanted, "" = a whole program.
void code_reply_find(code_reply *out, distill_span response, distill_span entry);
/// "python", "py", "python3", "cpp", "c++", "cc", "c" …, in any case.
code_language code_language_of(distill_span name);
/// Does the text define a Python function (or class) of that name?
bool code_defines(distill_span code, distill_span name);

#endif
