// distill/base/program_path.h - finds the folder of the running program, other programs of the
// project, and its data.
//
//     bool found = false;
//     TRY(distill_program_beside(&path, &found, "distill-sandbox"));
//     TRY(distill_builtin_path(&path, &found, "checkpoint/config.json"));
//
// Two layouts are supported:
//     installed   PREFIX/bin/PROGRAM   PREFIX/libexec/PROGRAM   PREFIX/share/distill/builtin/
//     built       BUILD/bin/PROGRAM    BUILD/tests/TEST         SOURCE/teacher/builtin/
// where the folder BUILD is in SOURCE.
// Environment  DISTILL_BUILTIN_DIR, if set and not empty, is the folder of the built-in teacher.
#ifndef DISTILL_BASE_PROGRAM_PATH_H
#define DISTILL_BASE_PROGRAM_PATH_H

#include "distill/base/text.h"

/// Sets `out` to the folder of the running program.
/// Errors  IO if /proc is not mounted.
distill_status distill_program_folder(distill_text *out) DISTILL_MUST_CHECK;
/// Sets `out` to the executable `name` in the folder of the running program, in ../bin or in
/// ../libexec. If there is none, *found is false and `out` is empty.
distill_status distill_program_beside(distill_text *out, bool *found,
                                      const char *name) DISTILL_MUST_CHECK;
/// Sets `out` to the file or folder `name` in the built-in teacher's folder. If there is none,
/// *found is false and `out` is empty.
distill_status distill_builtin_path(distill_text *out, bool *found,
                                    const char *name) DISTILL_MUST_CHECK;
/// Appends the folders that distill_builtin_path searches, for messages: "A or B".
distill_status distill_builtin_places(distill_text *out) DISTILL_MUST_CHECK;

#endif
