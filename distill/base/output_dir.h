// distill/base/output_dir.h - the output directory of a program: resume it, or refuse it.
//
//     static const distill_output_kind KIND = {.record = "settings.json",
//                                              .finished_file = "results.json",
//                                              .files = FILES, .file_count = 3};
//     distill_output_dir output = {0};
//     TRY(distill_output_open(&output, path, &KIND));         // locked; what is there
//     if (overwrite)
//         TRY(distill_output_clear(&output));
//     else
//         TRY(distill_output_check(&output, settings));       // MISMATCH names the first difference
//     if (output.state == DISTILL_OUTPUT_FINISHED) ...        // nothing to do
//     ...
//     distill_output_close(&output);
//
// An output directory holds a record: the settings that it was made with, as a JSON object. A rerun
// with the same settings resumes it, or does nothing if it is finished; other settings are refused.
// The inputs are settings as well: the fingerprint of an input's content, whatever its path, is a
// setting named "INPUT-sha256" (distill_output_add_input).
// One process at a time has a directory: PATH/.lock.
#ifndef DISTILL_BASE_OUTPUT_DIR_H
#define DISTILL_BASE_OUTPUT_DIR_H

#include "distill/base/json/json_writer.h"
#include "distill/base/text.h"

/// Names of settings that need not be the same in a rerun; "-" and "_" in them are the same.
typedef struct distill_output_keys {
    const char *const *free; // may have any value
    size_t free_count;
    const char *const *growing; // numbers that may become larger
    size_t growing_count;
} distill_output_keys;

/// What the outputs of one program have in common. All strings are borrowed.
typedef struct distill_output_kind {
    const char *record;          // JSON file that holds the settings
    const char *record_member;   // its member that is the settings; NULL: the whole file
    const char *finished_file;   // present only in a finished output
    const char *finished_member; // of the record, true only in a finished output; NULL: none
    const char *begun_file; // a record without it does not bind: no work was done; NULL: it binds
    /// Names of all files and folders that the program makes, in the order of their removal. "#"
    /// stands for one or more decimal digits: "shard-#.h5". An unfinished atomic file (NAME.tmp-#)
    /// belongs to its name.
    const char *const *files;
    size_t file_count;
    distill_output_keys keys;
} distill_output_kind;

typedef enum distill_output_state {
    DISTILL_OUTPUT_ABSENT, // no record, or one that does not bind
    DISTILL_OUTPUT_UNFINISHED,
    DISTILL_OUTPUT_FINISHED
} distill_output_state;

typedef struct distill_output_dir {
    char *path;
    const distill_output_kind *kind;
    distill_output_state state;
    int lock; // -1 = none
} distill_output_dir;

/// Creates the directory if it is absent, locks it and sets the state. A damaged record is no error
/// here, so that its output can be cleared.
/// Errors  IO, also if another process has the directory.
distill_status distill_output_open(distill_output_dir *out, const char *path,
                                   const distill_output_kind *kind) DISTILL_MUST_CHECK;
/// Compares the record with `settings`, a JSON object. An absent output has none to differ.
/// Errors  those of distill_output_compare, of reading the record and of parsing.
distill_status distill_output_check(const distill_output_dir *output,
                                    distill_span settings) DISTILL_MUST_CHECK;
/// Removes the files of the kind, and nothing else; the state is ABSENT then.
distill_status distill_output_clear(distill_output_dir *output) DISTILL_MUST_CHECK;
/// Releases the lock; legal also after a failed open, twice, and for a struct of zeros.
void distill_output_close(distill_output_dir *output);
/// Removes unfinished atomic files, which a process that was killed has left.
distill_status distill_output_sweep(const distill_output_dir *output) DISTILL_MUST_CHECK;

/// Sets `path` to the file or folder `name` of the output.
distill_status distill_output_path(distill_text *path, const distill_output_dir *output,
                                   const char *name) DISTILL_MUST_CHECK;
bool distill_output_has(const distill_output_dir *output, const char *name);

/// Compares the settings `was`, of the output `path`, with `is`: the members of two objects, also
/// within members that are objects. An absent member is the same as null.
/// Errors  MISMATCH naming the first setting that differs, of those in `is` and then of others in
///         `was`.
distill_status distill_output_compare(const char *path, const distill_output_keys *keys,
                                      const distill_json *was_doc, const distill_json_node *was,
                                      const distill_json *is_doc,
                                      const distill_json_node *is) DISTILL_MUST_CHECK;
/// Writes the setting "INPUT-sha256".
void distill_output_add_input(distill_json_writer *w, const char *input, const char *sha256);

#endif
