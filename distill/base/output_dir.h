// distill/base/output_dir.h - the output directory of a program: create, resume or reject it.
//
//     static const distill_output_kind KIND = {.record = "settings.json",
//                                              .finished_file = "results.json",
//                                              .files = FILES, .file_count = 3};
//     distill_output_dir output = {0};
//     TRY(distill_output_open(&output, path, &KIND));         // locks it and sets output.state
//     if (overwrite)
//         TRY(distill_output_clear(&output));
//     else
//         TRY(distill_output_check(&output, settings));       // MISMATCH if they differ
//     if (output.state == DISTILL_OUTPUT_FINISHED) ...        // nothing to do
//     ...
//     distill_output_close(&output);
//
// An output directory holds a record: the settings of the run that made it, as a JSON object. A
// rerun with the same settings resumes it, or does nothing if it is finished; other settings are
// rejected. Inputs count as settings, by content and not by path: the setting "INPUT-sha256" is the
// fingerprint of an input (distill_output_add_input).
// The lock file PATH/.lock gives one process at a time exclusive use of a directory.
#ifndef DISTILL_BASE_OUTPUT_DIR_H
#define DISTILL_BASE_OUTPUT_DIR_H

#include "distill/base/json/json_writer.h"
#include "distill/base/text.h"

/// Settings that may differ in a rerun; "-" and "_" in names are equivalent.
typedef struct distill_output_keys {
    const char *const *free; // may have any value
    size_t free_count;
    const char *const *growing; // numbers that may increase
    size_t growing_count;
} distill_output_keys;

/// Properties of one program's outputs. All strings are borrowed.
typedef struct distill_output_kind {
    const char *record;          // JSON file that holds the settings
    const char *record_member;   // member of the record that holds them; NULL: the whole record
    const char *finished_file;   // exists only in a finished output
    const char *finished_member; // member of the record, true only in a finished output; NULL: none
    const char *begun_file; // exists once work was done; without it the record is ignored; or NULL
    /// Names of all files and folders that the program creates, in the order of their removal. "#"
    /// matches one or more decimal digits: "shard-#.h5". The pattern NAME also covers its
    /// unfinished atomic files, NAME.tmp-#.
    const char *const *files;
    size_t file_count;
    distill_output_keys keys;
} distill_output_kind;

typedef enum distill_output_state {
    DISTILL_OUTPUT_ABSENT, // no record, or one that is ignored
    DISTILL_OUTPUT_UNFINISHED,
    DISTILL_OUTPUT_FINISHED
} distill_output_state;

typedef struct distill_output_dir {
    char *path;
    const distill_output_kind *kind;
    distill_output_state state;
    int lock; // -1 = none
} distill_output_dir;

/// Creates the directory if it is absent, locks it and sets the state. A damaged record is not an
/// error here, so that such an output can be cleared.
/// Errors  IO, also if another process has locked the directory.
distill_status distill_output_open(distill_output_dir *out, const char *path,
                                   const distill_output_kind *kind) DISTILL_MUST_CHECK;
/// Compares the record with `settings`, a JSON object. Succeeds if the output is absent.
/// Errors  those of distill_output_compare, of reading the record and of parsing.
distill_status distill_output_check(const distill_output_dir *output,
                                    distill_span settings) DISTILL_MUST_CHECK;
/// Removes the files of the kind and no others; sets the state to ABSENT.
distill_status distill_output_clear(distill_output_dir *output) DISTILL_MUST_CHECK;
/// Releases the lock; legal after a failed open, twice, and for a zeroed struct.
void distill_output_close(distill_output_dir *output);
/// Removes unfinished atomic files that a killed process has left.
distill_status
distill_output_remove_unfinished(const distill_output_dir *output) DISTILL_MUST_CHECK;

/// Sets `path` to the file or folder `name` of the output.
distill_status distill_output_path(distill_text *path, const distill_output_dir *output,
                                   const char *name) DISTILL_MUST_CHECK;
bool distill_output_has(const distill_output_dir *output, const char *name);

/// Compares the settings `was`, of the output `path`, with `is`: the members of two objects,
/// recursively. An absent member equals null.
/// Errors  MISMATCH naming the first setting that differs, in the order of `is` and then of the
///         members that only `was` has.
distill_status distill_output_compare(const char *path, const distill_output_keys *keys,
                                      const distill_json *was_doc, const distill_json_node *was,
                                      const distill_json *is_doc,
                                      const distill_json_node *is) DISTILL_MUST_CHECK;
/// Writes the setting "INPUT-sha256".
void distill_output_add_input(distill_json_writer *w, const char *input, const char *sha256);

#endif
