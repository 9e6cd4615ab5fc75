// datasets/verify/code/code_language.h - programming languages by their names and by their looks.
//
// Python, C and C++ are run. A program in another language is recognised so that it is not taken
// for a wrong one: nothing is known about it.
#ifndef DATASETS_VERIFY_CODE_CODE_LANGUAGE_H
#define DATASETS_VERIFY_CODE_CODE_LANGUAGE_H

#include "distill/base/text.h"

typedef enum code_language {
    CODE_UNKNOWN_LANGUAGE,
    CODE_PYTHON,
    CODE_CPP,
    CODE_C,
    CODE_OTHER_LANGUAGE // one that is not run
} code_language;

/// "python", "py", "python3", "cpp", "c++", "cc", "c", "java", …, ignoring case.
code_language code_language_of(distill_span name);
/// The language by the look of the code: Python if there is no sign of another one. *name is that
/// of a language that is not run, else "".
code_language code_language_guess(const char **name, distill_span code);

#endif
