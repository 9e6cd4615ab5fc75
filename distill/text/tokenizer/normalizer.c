// distill/text/tokenizer/normalizer.c - a list of steps; loading flattens nested sequences.
//
// Each step writes to one of two buffers in turn; text that a step does not change is not copied.
#include "distill/text/tokenizer/normalizer.h"

#include "distill/base/memory.h"
#include "distill/text/unicode.h"

#include <string.h>

typedef enum step_kind { FORM, PREPEND, REPLACE } step_kind;

typedef struct step {
    step_kind kind;
    unicode_form form;  // FORM
    char *from, *to;    // REPLACE; PREPEND has `to`
    size_t from_length; // bytes
} step;

enum { MAX_STEPS = 32 };

struct normalizer {
    step steps[MAX_STEPS];
    size_t count;
};

void normalizer_work_free(normalizer_work *work)
{
    distill_text_free(&work->buffers[0]);
    distill_text_free(&work->buffers[1]);
}

static distill_status replace_all(distill_text *out, const step *s, distill_span text)
{
    distill_status status = DISTILL_OK;
    distill_span needle = {s->from, s->from_length};
    for (size_t at = 0; at < text.length;) {
        size_t found = distill_span_find(text, needle, at);
        size_t end = found == SIZE_MAX ? text.length : found;
        TRY(distill_text_append(out, text.bytes + at, end - at));
        if (found == SIZE_MAX)
            break;
        TRY(distill_text_add(out, s->to));
        at = found + needle.length;
    }
done:
    return status;
}

distill_status normalizer_run(distill_span *out, const normalizer *norm, normalizer_work *work,
                              distill_span text)
{
    distill_status status = DISTILL_OK;
    size_t turn = 0;
    for (size_t i = 0; i < norm->count && text.length > 0; i++) {
        const step *s = &norm->steps[i];
        if (s->kind == FORM && s->form == UNICODE_NFC && unicode_is_surely_nfc(text))
            continue;
        distill_text *into = &work->buffers[turn++ % 2];
        distill_text_clear(into);
        if (s->kind == FORM) {
            TRY(unicode_normalize(into, text, s->form));
        } else if (s->kind == PREPEND) {
            TRY(distill_text_add(into, s->to));
            TRY(distill_text_add_span(into, text));
        } else {
            TRY(replace_all(into, s, text));
        }
        text = distill_text_span(into);
    }
    *out = text;
done:
    return status;
}

// -------------------------------------------------------------------------------------- loading

static distill_status unsupported(const distill_json *doc, const distill_json_node *node,
                                  const char *key)
{
    return distill_fail(DISTILL_UNSUPPORTED, "%s: this normalizer is not supported",
                        distill_json_where(doc, node, key));
}

static distill_status load_replace(step *s, const distill_json *doc, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_span from, to;
    const distill_json_node *pattern = distill_json_member(node, "pattern");
    if (distill_json_member(pattern, "String") == NULL)
        TRY(unsupported(doc, node, "pattern"));
    TRY(distill_json_get_string(&from, doc, pattern, "String"));
    TRY(distill_json_get_string(&to, doc, node, "content"));
    if (from.length == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the pattern is empty",
                         distill_json_where(doc, node, "pattern")));
    TRY(distill_copy_string(&s->from, from.bytes, from.length));
    TRY(distill_copy_string(&s->to, to.bytes, to.length));
    s->from_length = from.length;
    s->kind = REPLACE;
done:
    return status;
}

static distill_status load_node(normalizer *norm, const distill_json *doc,
                                const distill_json_node *node, int depth);

static distill_status load_sequence(normalizer *norm, const distill_json *doc,
                                    const distill_json_node *node, int depth)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *list = distill_json_member(node, "normalizers");
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY || depth > 8)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a list of normalizers",
                         distill_json_where(doc, node, "normalizers")));
    for (const distill_json_node *item = distill_json_first(list); item != NULL;
         item = distill_json_next(item))
        TRY(load_node(norm, doc, item, depth + 1));
done:
    return status;
}

static distill_status load_node(normalizer *norm, const distill_json *doc,
                                const distill_json_node *node, int depth)
{
    static const char *const forms[] = {
        [UNICODE_NFC] = "NFC",
        [UNICODE_NFD] = "NFD",
        [UNICODE_NFKC] = "NFKC",
        [UNICODE_NFKD] = "NFKD",
    };
    distill_status status = DISTILL_OK;
    distill_span type, prepend;
    TRY(distill_json_get_string(&type, doc, node, "type"));
    if (distill_span_is(type, "Sequence"))
        return load_sequence(norm, doc, node, depth);
    if (norm->count == MAX_STEPS)
        TRY(distill_fail(DISTILL_LIMIT, "%s: more than %d steps",
                         distill_json_where(doc, node, NULL), MAX_STEPS));
    step *s = &norm->steps[norm->count++];
    if (distill_span_is(type, "Prepend")) {
        s->kind = PREPEND;
        TRY(distill_json_get_string(&prepend, doc, node, "prepend"));
        TRY(distill_copy_string(&s->to, prepend.bytes, prepend.length));
        goto done;
    }
    if (distill_span_is(type, "Replace")) {
        TRY(load_replace(s, doc, node));
        goto done;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (distill_span_is(type, forms[i])) {
            s->form = (unicode_form)i;
            goto done;
        }
    }
    TRY(unsupported(doc, node, "type"));
done:
    return status;
}

distill_status normalizer_load(normalizer **out, const distill_json *doc,
                               const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    normalizer *norm = NULL;
    TRY(DISTILL_NEW(&norm, 1));
    if (node != NULL && distill_json_kind_of(node) != DISTILL_JSON_NULL)
        TRY(load_node(norm, doc, node, 0));
    *out = norm;
    norm = NULL;
done:
    normalizer_free(norm);
    return status;
}

void normalizer_free(normalizer *norm)
{
    if (norm == NULL)
        return;
    for (size_t i = 0; i < norm->count; i++) {
        distill_free(norm->steps[i].from);
        distill_free(norm->steps[i].to);
    }
    distill_free(norm);
}
