// distill/text/tokenizer/pretokenizer.c - a chain of stages that split or rewrite text.
//
// Each stage calls the next one for each piece, depth first, and the last one calls the sink: no
// list of pieces is stored.
#include "distill/text/tokenizer/pretokenizer.h"

#include "distill/base/memory.h"
#include "distill/text/tokenizer/pretokenizer_parts.h"
#include "distill/text/tokenizer/word_scanner.h"
#include "distill/text/unicode.h"

#include <string.h>

struct pretokenizer_work {
    split_match *match;
    distill_text rewritten[MAX_STAGES]; // output of the stages that add characters
};

// -------------------------------------------------------------------------------------- running

typedef struct run {
    const pretokenizer *pre;
    pretokenizer_work *work;
    pretokenizer_sink sink;
    void *context;
    bool at_start;
} run;

static distill_status run_stage(const run *r, size_t index, distill_span text);

/// Joins the pieces of a Split according to its behaviour.
typedef struct joiner {
    const run *run;
    size_t next_stage;
    const stage *split;
    const char *text;
    size_t matched_to; // end of the last match
    size_t begin, end; // a piece that may be joined with the next one
    bool pending, pending_matched;
} joiner;

static distill_status emit(const joiner *j, size_t begin, size_t end)
{
    return run_stage(j->run, j->next_stage, (distill_span){j->text + begin, end - begin});
}

static bool joins(const joiner *j, bool matched)
{
    if (!j->pending)
        return false;
    switch (j->split->behavior) {
    case MERGED_WITH_PREVIOUS:
        return matched && !j->pending_matched;
    case MERGED_WITH_NEXT:
        return !matched && j->pending_matched;
    case CONTIGUOUS:
        return matched == j->pending_matched;
    default:
        return false;
    }
}

static distill_status flush(joiner *j)
{
    bool pending = j->pending;
    j->pending = false;
    return pending ? emit(j, j->begin, j->end) : DISTILL_OK;
}

static distill_status add_piece(joiner *j, size_t begin, size_t end, bool matched)
{
    distill_status status = DISTILL_OK;
    if (begin == end)
        goto done;
    if (j->split->invert)
        matched = !matched;
    if (j->split->behavior == ISOLATED || j->split->behavior == REMOVED) {
        if (j->split->behavior == ISOLATED || !matched)
            TRY(emit(j, begin, end));
        goto done;
    }
    if (joins(j, matched)) {
        j->end = end;
        j->pending_matched = matched;
        goto done;
    }
    TRY(flush(j));
    j->begin = begin;
    j->end = end;
    j->pending = true;
    j->pending_matched = matched;
done:
    return status;
}

static distill_status on_match(void *context, size_t begin, size_t end)
{
    distill_status status = DISTILL_OK;
    joiner *j = context;
    TRY(add_piece(j, j->matched_to, begin, false));
    TRY(add_piece(j, begin, end, true));
    j->matched_to = end;
done:
    return status;
}

static distill_status run_split(const run *r, size_t index, distill_span text)
{
    distill_status status = DISTILL_OK;
    const stage *split = &r->pre->stages[index];
    joiner j = {.run = r, .next_stage = index + 1, .split = split, .text = text.bytes};
    TRY(split_pattern_each(split->pattern, r->work->match, text, on_match, &j));
    TRY(add_piece(&j, j.matched_to, text.length, false));
    TRY(flush(&j));
done:
    return status;
}

static distill_status run_words(const run *r, size_t index, distill_span text)
{
    distill_status status = DISTILL_OK;
    size_t digits = r->pre->stages[index].digits;
    for (size_t at = 0, length; at < text.length; at += length) {
        length = word_scanner_next(text, at, digits);
        TRY(run_stage(r, index + 1, (distill_span){text.bytes + at, length}));
    }
done:
    return status;
}

static distill_status run_prefix_space(const run *r, size_t index, distill_span text)
{
    distill_status status = DISTILL_OK;
    distill_text *out = &r->work->rewritten[index];
    if (text.bytes[0] == ' ')
        return run_stage(r, index + 1, text);
    distill_text_clear(out);
    TRY(distill_text_add_char(out, ' '));
    TRY(distill_text_add_span(out, text));
    TRY(run_stage(r, index + 1, distill_text_span(out)));
done:
    return status;
}

/// "a b" -> "▁a▁b".
static distill_status write_marks(distill_text *out, const stage *meta, distill_span text,
                                  bool at_start)
{
    distill_status status = DISTILL_OK;
    size_t mark = strlen(meta->mark);
    bool prepend = meta->prepend == PREPEND_ALWAYS || (meta->prepend == PREPEND_FIRST && at_start);
    bool has =
        text.bytes[0] == ' ' || (text.length >= mark && memcmp(text.bytes, meta->mark, mark) == 0);
    distill_text_clear(out);
    if (prepend && !has)
        TRY(distill_text_append(out, meta->mark, mark));
    for (size_t at = 0; at < text.length;) {
        const char *space = memchr(text.bytes + at, ' ', text.length - at);
        size_t end = space != NULL ? (size_t)(space - text.bytes) : text.length;
        TRY(distill_text_append(out, text.bytes + at, end - at));
        if (space != NULL)
            TRY(distill_text_append(out, meta->mark, mark));
        at = end + 1;
    }
done:
    return status;
}

static distill_status run_metaspace(const run *r, size_t index, distill_span text)
{
    distill_status status = DISTILL_OK;
    const stage *meta = &r->pre->stages[index];
    distill_text *out = &r->work->rewritten[index];
    TRY(write_marks(out, meta, text, r->at_start));
    distill_span marked = distill_text_span(out);
    size_t begin = 0;
    while (begin < marked.length) {
        size_t end = SIZE_MAX;
        if (meta->split)
            end = distill_span_find(marked, distill_span_of(meta->mark), begin + 1);
        if (end > marked.length)
            end = marked.length;
        TRY(run_stage(r, index + 1, (distill_span){marked.bytes + begin, end - begin}));
        begin = end;
    }
done:
    return status;
}

static distill_status run_stage(const run *r, size_t index, distill_span text)
{
    if (index == r->pre->count)
        return r->sink(r->context, text.bytes, text.length);
    switch (r->pre->stages[index].kind) {
    case SPLIT:
        return run_split(r, index, text);
    case WORDS:
        return run_words(r, index, text);
    case PREFIX_SPACE:
        return run_prefix_space(r, index, text);
    default:
        return run_metaspace(r, index, text);
    }
}

distill_status pretokenizer_run(const pretokenizer *pre, pretokenizer_work *work, distill_span text,
                                bool at_start, pretokenizer_sink sink, void *context)
{
    const run r = {pre, work, sink, context, at_start};
    return text.length == 0 ? DISTILL_OK : run_stage(&r, 0, text);
}

distill_status pretokenizer_work_create(pretokenizer_work **out)
{
    distill_status status = DISTILL_OK;
    pretokenizer_work *work = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&work, 1));
    TRY(split_match_create(&work->match));
    *out = work;
    work = NULL;
done:
    pretokenizer_work_free(work);
    return status;
}

void pretokenizer_work_free(pretokenizer_work *work)
{
    if (work == NULL)
        return;
    split_match_free(work->match);
    for (size_t i = 0; i < MAX_STAGES; i++)
        distill_text_free(&work->rewritten[i]);
    distill_free(work);
}

void pretokenizer_free(pretokenizer *pre)
{
    if (pre == NULL)
        return;
    for (size_t i = 0; i < pre->count; i++)
        split_pattern_free(pre->stages[i].pattern);
    distill_free(pre);
}
