// datasets/verify/code/python_text.h - the Python programs of datasets/verify/code/python/, built
// in as C strings.
//
// CMakeLists.txt makes the .c file. The programs must be ASCII.
#ifndef DATASETS_VERIFY_CODE_PYTHON_TEXT_H
#define DATASETS_VERIFY_CODE_PYTHON_TEXT_H

extern const char PYTHON_RUN_PROGRAM[]; // runs a reply as a program
extern const char PYTHON_VALUES[];      // the values that harness and candidate exchange
extern const char PYTHON_CANDIDATE[];   // answers calls of the reply's functions
extern const char PYTHON_HARNESS[];     // makes the calls and compares
extern const char PYTHON_OBJECTS[];     // objects of the program, for the harness
extern const char PYTHON_TEST_TEXT[];   // tests as syntax trees, for the harness

#endif
