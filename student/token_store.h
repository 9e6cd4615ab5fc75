// student/token_store.h - the token ids of a training run: in memory while they are few, else in a
// file that is mapped.
//
//     token_store store = {.path = "student/tokens.bin"};
//     TRY(token_store_append(&store, ids, count));          // any number of times, from one thread
//     TRY(token_store_finish(&store));
//     use(store.at[0]);
//     TRY(token_store_seal(&store, key, blob));              // the file now serves later starts
//     token_store_free(&store);
//
//     TRY(token_store_open(&store, key, &blob, &found));     // at a later start
//
// File  the ids (int32, little endian), zeros up to a multiple of 8, the blob, and a footer with
//       their lengths, the key, and the SHA-256 of ids and blob. It appears under its name when it is
//       complete. 4 bytes a token; pages of it are the system's, not the program's.
#ifndef STUDENT_TOKEN_STORE_H
#define STUDENT_TOKEN_STORE_H

#include "distill/base/file.h"
#include "distill/base/sha256.h"

typedef struct token_store {
    const char *path;  // of the file, borrowed; NULL: all ids stay in memory
    const int32_t *at; // [count], after token_store_finish
    size_t count;
    char sha256[DISTILL_SHA256_HEX]; // of the ids, after token_store_finish
    // private
    int32_t *buffer; // ids that are not in the file
    size_t buffered, capacity;
    FILE *file; // PATH.part
    distill_sha256 *sum;
    distill_mapping mapping;
} token_store;

/// Errors  IO with the free and the needed space if the disk is full.
distill_status token_store_append(token_store *store, const int32_t *ids,
                                  size_t count) DISTILL_MUST_CHECK;
/// Makes the ids readable; nothing can be appended after it. (Ids in memory are readable before.)
distill_status token_store_finish(token_store *store) DISTILL_MUST_CHECK;
/// Adds `blob` and the footer, and gives the file its name. Does nothing where the ids are in
/// memory. `at` stays valid.
distill_status token_store_seal(token_store *store, const char *key,
                                distill_span blob) DISTILL_MUST_CHECK;
/// Maps the file of an earlier run if there is one with this key; *blob is borrowed from the store.
distill_status token_store_open(token_store *store, const char *key, distill_span *blob,
                                bool *found) DISTILL_MUST_CHECK;
/// Frees everything; removes a file that is not sealed.
void token_store_free(token_store *store);

#endif
