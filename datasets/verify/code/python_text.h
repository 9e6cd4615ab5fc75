// datasets/verify/code/python_text.h - the Python programs of datasets/verify/code/python/, built in.
#ifndef DATASETS_VERIFY_CODE_PYTHON_TEXT_H
#define DATASETS_VERIFY_CODE_PYTHON_TEXT_H

extern const char PYTHON_RUN_PROGRAM[]; // runs a reply as a program
extern const char PYTHON_VALUES[];      // values between the next two
extern const char PYTHON_CANDIDATE[];   // answers calls of the reply's functions
extern const char PYTHON_EXAMINER[];    // makes the calls and compares

#endif
