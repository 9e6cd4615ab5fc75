// distill/text/tokenizer/normalizer.h - rewriting text before it is cut into words (private to the text
// room).
//
//     TRY(normalizer_run(&normal, norm, &work, text));   // `text` itself if nothing changes
//
// Kinds: NFC, NFD, NFKC, NFKD, Prepend, Replace (of a string), and Sequence.
#ifndef DISTILL_TEXT_TOKENIZER_NORMALIZER_H
#define DISTILL_TEXT_TOKENIZER_NORMALIZER_H

#include "distill/base/json/json_reader.h"
#include "distill/base/text.h"

typedef struct normalizer normalizer;

/// Two buffers that steps write to in turn.
typedef struct normalizer_work {
    distill_text buffers[2];
} normalizer_work;
void normalizer_work_free(normalizer_work *work);

/// Reads `node` (NULL or null: text stays as it is).
/// Errors  FORMAT; UNSUPPORTED for other kinds and for keys that would change the result.
distill_status normalizer_load(normalizer **out, const distill_json *doc,
                               const distill_json_node *node) DISTILL_MUST_CHECK;
void normalizer_free(normalizer *norm);

/// Sets *out to the normalised text: borrowed from `text` or from `work` until the next call.
distill_status normalizer_run(distill_span *out, const normalizer *norm, normalizer_work *work,
                              distill_span text) DISTILL_MUST_CHECK;

#endif
