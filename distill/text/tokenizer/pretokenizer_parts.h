// distill/text/tokenizer/pretokenizer_parts.h - private header of the module pretokenizer:
// pretokenizer.c (splitting), pretokenizer_load.c (the "pre_tokenizer" object of tokenizer.json).
#ifndef DISTILL_TEXT_TOKENIZER_PRETOKENIZER_PARTS_H
#define DISTILL_TEXT_TOKENIZER_PRETOKENIZER_PARTS_H

#include "distill/text/tokenizer/pretokenizer.h"
#include "distill/text/tokenizer/split_pattern.h"

/// What happens with the matches of a Split.
typedef enum behavior {
    ISOLATED,
    REMOVED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT,
    CONTIGUOUS
} behavior;

typedef enum stage_kind {
    SPLIT,        // split by a pattern
    WORDS,        // split by the pattern of word_scanner
    PREFIX_SPACE, // add a space before text that does not begin with one
    METASPACE     // replace spaces by "▁", and split before each if `split` is set
} stage_kind;

typedef enum prepend_scheme { PREPEND_NEVER, PREPEND_FIRST, PREPEND_ALWAYS } prepend_scheme;

typedef struct stage {
    stage_kind kind;
    split_pattern *pattern; // SPLIT
    bool invert;
    behavior behavior;
    size_t digits; // WORDS: longest run of digits
    char mark[5];  // METASPACE: the character that replaces a space
    prepend_scheme prepend;
    bool split;
} stage;

enum { MAX_STAGES = 16 };

struct pretokenizer {
    stage stages[MAX_STAGES];
    size_t count;
    bool byte_level;
};

#endif
