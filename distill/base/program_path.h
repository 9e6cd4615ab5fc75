// distill/base/program_path.h - where the running program is, the programs beside it, and the
// project's own data.
//
//     bool found = false;
//     TRY(distill_program_beside(&path, &found, "distill-sandbox"));
//     TRY(distill_builtin_path(&path, &found, "checkpoint/config.json"));
//
// Two layouts are known:
//     installed   PREFIX/bin/PROGRAM    PREFIX/libexec/PROGRAM    PREFIX/share/distill/builtin/
//     built       BUILD/bin/PROGRAM     BUILD/tests/TEST          SOURCE/teacher/builtin/     (BUILD is in SOURCE)
// Environment  DISTILL_BUILTIN_DIR, if it is set and not empty, is the folder of the built-in teacher.
#ifndef DISTILL_BASE_PROGRAM_PATH_H
#define DISTILL_BASE_PROGRAM_PATH_H

#include "distill/base/text.h"

/// Sets `out` to the folder of the running program.
/// Errors  IO where /proc is not mounted.
distill_status distill_program_folder(distill_text *out) DISTILL_MUST_CHECK;
/// Sets `out` to the executable `name` beside the running program, in ../bin or in ../libexec. If
/// there is none *found is false and `out` is empty.
distill_status distill_program_beside(distill_text *out, bool *found,
                                      const char *name) DISTILL_MUST_CHECK;
/// Sets `out` to the file or folder `name` of the built-in teacher's folder. If there is none
/// *found is false and `out` is empty.
distill_status distill_builtin_path(distill_text *out, bool *found,
                                    const char *name) DISTILL_MUST_CHECK;
/// Appends the folders in which distill_builtin_path looks, for messages: "A or B".
distill_status distill_builtin_places(distill_text *out) DISTILL_MUST_CHECK;

#endif
