// distill/text/tokenizer/bpe.h - byte-pair encoding of one word.
//
//     TRY(bpe_encode(&ids, bpe, &work, " tokenization", 13));   // the ids of " token" "ization"
//
// Private to distill/text. The neighbouring pair whose merge comes first in the file is merged, the
// leftmost one if there are several, until no neighbours can be merged.
// Source   Sennrich et al. 2016, arXiv:1508.07909; Hugging Face tokenizers, whose results are
//          reproduced.
// Threads  a loaded table is immutable; `bpe_work` is used by one thread at a time.
#ifndef DISTILL_TEXT_TOKENIZER_BPE_H
#define DISTILL_TEXT_TOKENIZER_BPE_H

#include "distill/base/memory.h"
#include "distill/text/tokenizer/vocabulary.h"

typedef struct bpe bpe;

/// Scratch memory; grows to the longest word and is reused.
typedef struct bpe_work {
    struct bpe_symbol *symbols;
    size_t symbol_capacity;
    struct bpe_candidate *heap;
    size_t heap_capacity;
} bpe_work;
void bpe_work_free(bpe_work *work);

/// Reads the "model" object of tokenizer.json.
/// Errors  FORMAT; UNSUPPORTED for other kinds of model, and for settings that would change the
///         result.
distill_status bpe_load(bpe **out, const distill_json *doc, const distill_json_node *model,
                        bool byte_level) DISTILL_MUST_CHECK;
void bpe_free(bpe *table);

/// Appends the ids of one word: any bytes if the model is byte-level, else valid UTF-8. A character
/// without a token becomes the tokens of its bytes, the unknown token, or nothing, depending on the
/// file.
distill_status bpe_encode(distill_ids *ids, const bpe *table, bpe_work *work, const char *word,
                          size_t length) DISTILL_MUST_CHECK;

/// True if no merge joins a character with a `mark` that follows it. Then splitting a text before
/// each mark that follows another character and encoding the parts gives the same ids.
bool bpe_cuts_before(const bpe *table, distill_span mark);

const vocabulary *bpe_vocabulary(const bpe *table);

#endif
