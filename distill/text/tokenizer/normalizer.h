// distill/text/tokenizer/normalizer.h - the "normalizer" of tokenizer.json, which rewrites text
// before it is split into words.
//
//     TRY(normalizer_run(&normal, norm, &work, text));   // `text` itself if nothing changes
//
// Private to distill/text. Kinds: NFC, NFD, NFKC, NFKD, Prepend, Replace (of a string), and
// Sequence.
#ifndef DISTILL_TEXT_TOKENIZER_NORMALIZER_H
#define DISTILL_TEXT_TOKENIZER_NORMALIZER_H

#include "distill/base/json/json_reader.h"
#include "distill/base/text.h"

typedef struct normalizer normalizer;

/// Two buffers to which the steps write in turn.
typedef struct normalizer_work {
    distill_text buffers[2];
} normalizer_work;
void normalizer_work_free(normalizer_work *work);

/// Reads `node` (NULL or null: the text is not changed).
/// Errors  FORMAT; UNSUPPORTED for other kinds, and for settings that would change the result;
///         LIMIT for more than 32 steps.
distill_status normalizer_load(normalizer **out, const distill_json *doc,
                               const distill_json_node *node) DISTILL_MUST_CHECK;
void normalizer_free(normalizer *norm);

/// Sets *out to the normalised text. It is borrowed from `text`, or from `work` until the next
/// call.
distill_status normalizer_run(distill_span *out, const normalizer *norm, normalizer_work *work,
                              distill_span text) DISTILL_MUST_CHECK;

#endif
