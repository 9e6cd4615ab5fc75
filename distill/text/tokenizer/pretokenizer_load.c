// distill/text/tokenizer/pretokenizer_load.c - converts the "pre_tokenizer" object to a list of
// stages.
//
// Nested sequences are flattened. Known patterns become the hand-written scanner (word_scanner),
// others are compiled with PCRE2. Unknown keys are errors.
#include "distill/text/tokenizer/pretokenizer_parts.h"

#include "distill/base/memory.h"
#include "distill/text/tokenizer/word_scanner.h"
#include "distill/text/unicode.h"

#include <string.h>

// The pattern of GPT-2, to which "use_regex" refers.
static const char GPT2_PATTERN[] =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|"
    "\\s+(?!\\S)|\\s+";

typedef struct loader {
    pretokenizer *pre;
    const distill_json *doc;
} loader;

static distill_status add_stage(stage **out, loader *l, const distill_json_node *node)
{
    if (l->pre->byte_level || l->pre->count == MAX_STAGES)
        return distill_fail(DISTILL_UNSUPPORTED, "%s: %s", distill_json_where(l->doc, node, NULL),
                            l->pre->byte_level ? "nothing may follow ByteLevel"
                                               : "too many pre-tokenizers");
    *out = &l->pre->stages[l->pre->count++];
    return DISTILL_OK;
}

/// Fails if `node` has a key that is not in `known` (separated by spaces).
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

static distill_status read_behavior(behavior *out, const loader *l, const distill_json_node *node)
{
    static const char *const names[] = {"Isolated", "Removed", "MergedWithPrevious",
                                        "MergedWithNext", "Contiguous"};
    distill_status status = DISTILL_OK;
    distill_span name;
    TRY(distill_json_get_string(&name, l->doc, node, "behavior"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (distill_span_is(name, names[i])) {
            *out = (behavior)i;
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
    TRY(read_behavior(&split->behavior, l, node));
    TRY(distill_json_get_bool_or(&split->invert, l->doc, node, "invert", false));
    split->digits = literal ? 0 : word_scanner_digits(pattern);
    if (split->digits > 0 && split->behavior == ISOLATED && !split->invert) {
        split->kind = WORDS;
        goto done;
    }
    TRY(split_pattern_compile(&split->pattern, pattern, literal,
                              distill_json_where(l->doc, node, "pattern")));
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
    split->behavior = ISOLATED;
    TRY(split_pattern_compile(&split->pattern, distill_span_of(single ? "\\p{N}" : "\\p{N}+"),
                              false, "Digits"));
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
        added->behavior = ISOLATED;
        TRY(split_pattern_compile(&added->pattern, distill_span_of(GPT2_PATTERN), false,
                                  "ByteLevel"));
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
    TRY(distill_json_get_bool_or(&meta->split, l->doc, node, "split", true));
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
