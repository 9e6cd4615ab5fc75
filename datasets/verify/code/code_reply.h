// datasets/verify/code/code_reply.h - finds the program in a reply.
//
// Only the text after the last </think> is read. Its fenced blocks are ranked: a block that defines
// what the tests call, or that reads the input, comes before one that only uses it; a block marked
// as Python, C or C++ before an unmarked one; of equals, the last one counts. Without a block, the
// text itself is the program if it looks like one or completes a function.
#ifndef DATASETS_VERIFY_CODE_CODE_REPLY_H
#define DATASETS_VERIFY_CODE_CODE_REPLY_H

#include "datasets/verify/code/code_language.h"
#include "datasets/verify/code/code_tests.h"

enum { CODE_MOST_BLOCKS = 32 };

/// Borrowed from the reply.
typedef struct code_block {
    distill_span code, info;
    code_language language;
    bool marked;              // with a known language
    const char *guessed_name; // of a language that is not run, if it was guessed
} code_block;

typedef struct code_reply {
    code_block blocks[CODE_MOST_BLOCKS]; // the last ones of the reply
    size_t count, chosen;                // chosen == count: no program
    bool fenced;                         // the chosen one is in a block
} code_reply;

void code_reply_find(code_reply *out, distill_span response, const code_tests *tests);
/// The chosen block, or an empty one.
code_block code_reply_block(const code_reply *reply);
/// The code defines a Python function or class of that name, or assigns to the name. An import does
/// not count: an example may import what it shows.
bool code_defines(distill_span code, distill_span name);
/// The tests call the name. If they have an entry, it is the only one.
bool code_tests_call(const code_tests *tests, distill_span name);

#endif
