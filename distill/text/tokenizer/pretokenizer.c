#include "distill/text/tokenizer/pretokenizer.h"

#include "distill/base/memory.h"
#include "distill/text/tokenizer/word_scanner.h"
#include "distill/text/unicode.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

typedef enum behavior {
    ISOLATED,
    REMOVED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT,
    CONTIGUOUS
} behavior;

typedef enum stage_kind {
    SPLIT,        // cut by a pattern
    WORDS,        // cut by the pattern that word_scanner knows
    PREFIX_SPACE, // put a space before text that has none
    METASPACE     // write "▁" for each space, perhaps one before, perhaps cut before each
} stage_kind;

typedef enum prepend_scheme { PREPEND_NEVER, PREPEND_FIRST, PREPEND_ALWAYS } prepend_scheme;

typedef struct stage {
    stage_kind kind;
    pcre2_code *pattern; // SPLIT
    bool jit, invert;
    behavior how;
    size_t digits; // WORDS
    char mark[5];  // METASPACE: UTF-8 of the character for a space
    prepend_scheme prepend;
    bool cut;
} stage;

enum { STAGES_MAX = 16 };

struct pretokenizer {
    stage stages[STAGES_MAX];
    size_t count;
    bool byte_level;
};

struct pretokenizer_work {
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    distill_text rewritten[STAGES_MAX]; // text of stages that add characters
};

enum { JIT_STACK_START = 32 << 10, JIT_STACK_LIMIT = 8 << 20 };

// GPT-2's pattern, which "use_regex" stands for.
static const char GPT2_PATTERN[] =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|"
    "\\s+(?!\\S)|\\s+";

// -------------------------------------------------------------------------------------- running

typedef struct run {
    const pretokenizer *pre;
    pretokenizer_work *work;
    pretokenizer_sink sink;
    void *context;
    bool at_start;
} run;

static distill_status run_stage(const run *r, size_t index, distill_span text);

/// Pieces of one Split, joined as its behaviour says.
typedef struct joiner {
    const run *run;
    size_t next_stage;
    const stage *split;
    const char *text;
    size_t begin, end; // a piece that may still grow
    bool pending, pending_matched;
} joiner;

static distill_status give(const joiner *j, size_t begin, size_t end)
{
    return run_stage(j->run, j->next_stage, (distill_span){j->text + begin, end - begin});
}

static bool grows(const joiner *j, bool matched)
{
    if (!j->pending)
        return false;
    switch (j->split->how) {
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

static distill_status join_end(joiner *j)
{
    bool pending = j->pending;
    j->pending = false;
    return pending ? give(j, j->begin, j->end) : DISTILL_OK;
}

static distill_status join_piece(joiner *j, size_t begin, size_t end, bool matched)
{
    distill_status status = DISTILL_OK;
    if (begin == end)
        goto done;
    if (j->split->invert)
        matched = !matched;
    if (j->split->how == ISOLATED || j->split->how == REMOVED) {
        if (j->split->how == ISOLATED || !matched)
            TRY(give(j, begin, end));
        goto done;
    }
    if (grows(j, matched)) {
        j->end = end;
        j->pending_matched = matched;
        goto done;
    }
    TRY(join_end(j));
    j->begin = begin;
    j->end = end;
    j->pending = true;
    j->pending_matched = matched;
done:
    return status;
}

/// First match at or after `from`; *found is false if there is none.
static distill_status next_match(size_t *begin, size_t *end, bool *found, const run *r,
                                 const stage *split, distill_span text, size_t from)
{
    PCRE2_SPTR subject = (PCRE2_SPTR)text.bytes;
    int code = split->jit ? pcre2_jit_match(split->pattern, subject, text.length, from,
                                            PCRE2_NO_UTF_CHECK, r->work->match, r->work->context)
                          : pcre2_match(split->pattern, subject, text.length, from,
                                        PCRE2_NO_UTF_CHECK, r->work->match, r->work->context);
    *found = code >= 0;
    if (code < 0 && code != PCRE2_ERROR_NOMATCH) {
        PCRE2_UCHAR reason[128] = "";
        pcre2_get_error_message(code, reason, sizeof reason);
        return distill_fail(DISTILL_LIMIT, "the pre-tokenizer's pattern gave up on %zu bytes: %s",
                            text.length - from, (const char *)reason);
    }
    if (*found) {
        const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(r->work->match);
        *begin = offsets[0];
        *end = offsets[1];
    }
    return DISTILL_OK;
}

static distill_status run_split(const run *r, size_t index, distill_span text)
{
    distill_status status = DISTILL_OK;
    const stage *split = &r->pre->stages[index];
    joiner j = {.run = r, .next_stage = index + 1, .split = split, .text = text.bytes};
    size_t done_to = 0, from = 0;
    while (from < text.length) {
        size_t begin, end;
        bool found;
        TRY(next_match(&begin, &end, &found, r, split, text, from));
        if (!found)
            break;
        if (end <= begin) { // an empty match cuts nothing
            uint32_t code;
            from =
                begin < text.length ? begin + unicode_next(&code, text.bytes + begin) : text.length;
            continue;
        }
        TRY(join_piece(&j, done_to, begin, false));
        TRY(join_piece(&j, begin, end, true));
        done_to = from = end;
    }
    TRY(join_piece(&j, done_to, text.length, false));
    TRY(join_end(&j));
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

/// "a b" -> "▁a▁b"; the piece that `text` is part of begins the input if it has offset 0.
static distill_status write_marks(distill_text *out, const stage *meta, distill_span text,
                                  bool at_start)
{
    distill_status status = DISTILL_OK;
    size_t mark = strlen(meta->mark);
    bool wanted = meta->prepend == PREPEND_ALWAYS || (meta->prepend == PREPEND_FIRST && at_start);
    bool has =
        text.bytes[0] == ' ' || (text.length >= mark && memcmp(text.bytes, meta->mark, mark) == 0);
    distill_text_clear(out);
    if (wanted && !has)
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
        if (meta->cut)
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

distill_status pretokenizer_work_create(pretokenizer_work **out, const pretokenizer *pre)
{
    distill_status status = DISTILL_OK;
    pretokenizer_work *work = NULL;
    (void)pre;
    TRY(DISTILL_NEW(&work, 1));
    work->match = pcre2_match_data_create(1, NULL);
    work->context = pcre2_match_context_create(NULL);
    work->stack = pcre2_jit_stack_create(JIT_STACK_START, JIT_STACK_LIMIT, NULL);
    if (work->match == NULL || work->context == NULL || work->stack == NULL)
        TRY(distill_fail(DISTILL_NO_MEMORY, "no memory to match patterns"));
    pcre2_jit_stack_assign(work->context, NULL, work->stack);
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
    pcre2_match_data_free(work->match);
    pcre2_match_context_free(work->context);
    pcre2_jit_stack_free(work->stack);
    for (size_t i = 0; i < STAGES_MAX; i++)
        distill_text_free(&work->rewritten[i]);
    distill_free(work);
}

// ------------------------------------------------------------------------------------- patterns

/// The pattern with \s and \S written out as White_Space (PCRE2's own has U+180E besides), in
/// Oniguruma's reading, for which tokenizer.json is written; what PCRE2 would read otherwise is
/// refused.
static distill_status translate_pattern(distill_text *out, distill_span pattern, const char *where)
{
    distill_status status = DISTILL_OK;
    bool in_class = false;
    for (size_t i = 0; i < pattern.length; i++) {
        char c = pattern.bytes[i], next = i + 1 < pattern.length ? pattern.bytes[i + 1] : '\0';
        bool set_operation = in_class && ((c == '[' && next != ':') || (c == '&' && next == '&'));
        if (set_operation || (c == '\\' && (next == 'h' || next == 'H')))
            TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: \"%.2s\" in a pattern is not supported",
                             where, pattern.bytes + i));
        if (c == '\\' && (next == 's' || (next == 'S' && !in_class))) {
            TRY(distill_text_printf(out, in_class ? "%s%s" : "[%s%s]", next == 'S' ? "^" : "",
                                    UNICODE_SPACE_CLASS));
            i++;
        } else if (c == '\\') {
            TRY(distill_text_append(out, pattern.bytes + i, next != '\0' ? 2 : 1));
            i++;
        } else {
            TRY(distill_text_add_char(out, c));
            in_class = in_class ? c != ']' : c == '[';
        }
    }
done:
    return status;
}

static distill_status compile(stage *split, distill_span pattern, bool literal, const char *where)
{
    distill_status status = DISTILL_OK;
    distill_text translated = {.limit = 1 << 20};
    int error;
    PCRE2_SIZE at;
    if (pattern.length == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the pattern is empty", where));
    if (literal)
        TRY(distill_text_add_span(&translated, pattern));
    else
        TRY(translate_pattern(&translated, pattern, where));
    uint32_t options = PCRE2_UTF | (literal ? PCRE2_LITERAL : PCRE2_UCP | PCRE2_MULTILINE);
    split->pattern =
        pcre2_compile((PCRE2_SPTR)translated.bytes, translated.length, options, &error, &at, NULL);
    if (split->pattern == NULL) {
        PCRE2_UCHAR reason[128] = "";
        pcre2_get_error_message(error, reason, sizeof reason);
        TRY(distill_fail(DISTILL_FORMAT, "%s: not a valid pattern: %s", where,
                         (const char *)reason));
    }
    split->jit = pcre2_jit_compile(split->pattern, PCRE2_JIT_COMPLETE) == 0;
done:
    distill_text_free(&translated);
    return status;
}

// -------------------------------------------------------------------------------------- loading

typedef struct loader {
    pretokenizer *pre;
    const distill_json *doc;
} loader;

static distill_status add_stage(stage **out, loader *l, const distill_json_node *node)
{
    if (l->pre->byte_level || l->pre->count == STAGES_MAX)
        return distill_fail(DISTILL_UNSUPPORTED, "%s: %s", distill_json_where(l->doc, node, NULL),
                            l->pre->byte_level ? "nothing may follow ByteLevel"
                                               : "too many pre-tokenizers");
    *out = &l->pre->stages[l->pre->count++];
    return DISTILL_OK;
}

/// Every key of `node` must be one of `known` (space-separated).
static distill_status check_keys(const loader *l, const distill_json_node *node, const char *known)
{
    for (const distill_json_node *member = distill_json_first(node); member != NULL;
         member = distill_json_next(member)) {
        const char *key = distill_json_key(member), *found = strstr(known, key);
        size_t length = strlen(key);
        bool whole = found != NULL && (found == known || found[-1] == ' ') &&
                     (found[length] == ' ' || found[length] == '\0');
        if (!whole)
            return distill_fail(DISTILL_UNSUPPORTED, "%s: this setting is not supported",
                                distill_json_where(l->doc, member, NULL));
    }
    return DISTILL_OK;
}

static distill_status read_behavior(behavior *how, const loader *l, const distill_json_node *node)
{
    static const char *const names[] = {"Isolated", "Removed", "MergedWithPrevious",
                                        "MergedWithNext", "Contiguous"};
    distill_status status = DISTILL_OK;
    distill_span name;
    TRY(distill_json_get_string(&name, l->doc, node, "behavior"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (distill_span_is(name, names[i])) {
            *how = (behavior)i;
            goto done;
        }
    }
    TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: \"%.80s\" is not supported",
                     distill_json_where(l->doc, node, "behavior"), name.bytes));
done:
    return status;
}

static distill_status load_split(loader *l, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    stage *split = NULL;
    distill_span pattern;
    TRY(check_keys(l, node, "type pattern behavior invert"));
    TRY(add_stage(&split, l, node));
    const distill_json_node *given = distill_json_member(node, "pattern");
    bool literal = distill_json_member(given, "Regex") == NULL;
    TRY(distill_json_get_string(&pattern, l->doc, given, literal ? "String" : "Regex"));
    TRY(read_behavior(&split->how, l, node));
    TRY(distill_json_get_bool_or(&split->invert, l->doc, node, "invert", false));
    split->digits = literal ? 0 : word_scanner_digits(pattern);
    if (split->digits > 0 && split->how == ISOLATED && !split->invert) {
        split->kind = WORDS;
        goto done;
    }
    TRY(compile(split, pattern, literal, distill_json_where(l->doc, node, "pattern")));
done:
    return status;
}

static distill_status load_digits(loader *l, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    stage *split = NULL;
    bool single;
    TRY(check_keys(l, node, "type individual_digits"));
    TRY(add_stage(&split, l, node));
    TRY(distill_json_get_bool_or(&single, l->doc, node, "individual_digits", false));
    split->how = ISOLATED;
    TRY(compile(split, distill_span_of(single ? "\\p{N}" : "\\p{N}+"), false, "Digits"));
done:
    return status;
}

static distill_status load_byte_level(loader *l, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    stage *added = NULL;
    bool prefix, regex;
    TRY(check_keys(l, node, "type add_prefix_space trim_offsets use_regex"));
    TRY(distill_json_get_bool_or(&prefix, l->doc, node, "add_prefix_space", true));
    TRY(distill_json_get_bool_or(&regex, l->doc, node, "use_regex", true));
    if (prefix) {
        TRY(add_stage(&added, l, node));
        added->kind = PREFIX_SPACE;
    }
    if (regex) {
        TRY(add_stage(&added, l, node));
        added->how = ISOLATED;
        TRY(compile(added, distill_span_of(GPT2_PATTERN), false, "ByteLevel"));
    }
    l->pre->byte_level = true;
done:
    return status;
}

static distill_status load_metaspace(loader *l, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    stage *meta = NULL;
    distill_span mark = distill_span_of("\xE2\x96\x81"), scheme = distill_span_of("always");
    bool prefix;
    uint32_t code;
    TRY(check_keys(l, node, "type replacement add_prefix_space prepend_scheme split str_rep"));
    TRY(add_stage(&meta, l, node));
    meta->kind = METASPACE;
    if (distill_json_present(node, "replacement") != NULL)
        TRY(distill_json_get_string(&mark, l->doc, node, "replacement"));
    if (mark.length == 0 || mark.length > 4 || unicode_next(&code, mark.bytes) != mark.length)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected one character",
                         distill_json_where(l->doc, node, "replacement")));
    memcpy(meta->mark, mark.bytes, mark.length);
    TRY(distill_json_get_bool_or(&prefix, l->doc, node, "add_prefix_space", true));
    if (distill_json_present(node, "prepend_scheme") != NULL)
        TRY(distill_json_get_string(&scheme, l->doc, node, "prepend_scheme"));
    else if (!prefix)
        scheme = distill_span_of("never");
    meta->prepend = distill_span_is(scheme, "always")  ? PREPEND_ALWAYS
                    : distill_span_is(scheme, "first") ? PREPEND_FIRST
                                                       : PREPEND_NEVER;
    if (meta->prepend == PREPEND_NEVER && !distill_span_is(scheme, "never"))
        TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: \"%.80s\" is not supported",
                         distill_json_where(l->doc, node, "prepend_scheme"), scheme.bytes));
    TRY(distill_json_get_bool_or(&meta->cut, l->doc, node, "split", true));
done:
    return status;
}

static distill_status load_node(loader *l, const distill_json_node *node, int depth);

static distill_status load_sequence(loader *l, const distill_json_node *node, int depth)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *list = distill_json_member(node, "pretokenizers");
    TRY(check_keys(l, node, "type pretokenizers"));
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY || depth > 8)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a list of pre-tokenizers",
                         distill_json_where(l->doc, node, "pretokenizers")));
    for (const distill_json_node *item = distill_json_first(list); item != NULL;
         item = distill_json_next(item))
        TRY(load_node(l, item, depth + 1));
done:
    return status;
}

static distill_status load_node(loader *l, const distill_json_node *node, int depth)
{
    distill_status status = DISTILL_OK;
    distill_span type;
    TRY(distill_json_get_string(&type, l->doc, node, "type"));
    if (distill_span_is(type, "Sequence"))
        TRY(load_sequence(l, node, depth));
    else if (distill_span_is(type, "Split"))
        TRY(load_split(l, node));
    else if (distill_span_is(type, "Digits"))
        TRY(load_digits(l, node));
    else if (distill_span_is(type, "ByteLevel"))
        TRY(load_byte_level(l, node));
    else if (distill_span_is(type, "Metaspace"))
        TRY(load_metaspace(l, node));
    else
        TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: pre-tokenizer \"%.80s\" is not supported",
                         distill_json_where(l->doc, node, "type"), type.bytes));
done:
    return status;
}

distill_status pretokenizer_load(pretokenizer **out, bool *byte_level, const distill_json *doc,
                                 const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    pretokenizer *pre = NULL;
    TRY(DISTILL_NEW(&pre, 1));
    loader l = {pre, doc};
    if (node != NULL && distill_json_kind_of(node) != DISTILL_JSON_NULL)
        TRY(load_node(&l, node, 0));
    *byte_level = pre->byte_level;
    *out = pre;
    pre = NULL;
done:
    pretokenizer_free(pre);
    return status;
}

void pretokenizer_free(pretokenizer *pre)
{
    if (pre == NULL)
        return;
    for (size_t i = 0; i < pre->count; i++)
        pcre2_code_free(pre->stages[i].pattern);
    distill_free(pre);
}
