// distill/base/json/json_rest.c - copies the unused members of an object.
//
// A member that stands in both places, `merged` and the object itself, is written once: the
// object's own.
#include "distill/base/json/json_rest.h"

#include "distill/base/json/json_writer.h"

#include <assert.h>
#include <string.h>

void json_rest_use(json_rest *rest, const char *key)
{
    if (rest == NULL || key == NULL)
        return;
    assert(rest->count < JSON_REST_KEYS);
    rest->used[rest->count++] = key;
}

bool json_rest_has(const json_rest *rest, const char *key)
{
    for (size_t i = 0; i < rest->count; i++)
        if (strcmp(rest->used[i], key) == 0)
            return true;
    return false;
}

/// The state of one write.
typedef struct rest_writer {
    const json_rest *rest;
    const distill_json *doc;
    distill_json_writer w;
    bool any;
} rest_writer;

static void add_member(rest_writer *r, const distill_json_node *node)
{
    if (distill_json_kind_of(node) == DISTILL_JSON_NULL)
        return;
    if (!r->any)
        distill_json_begin_object(&r->w, NULL);
    r->any = true;
    distill_json_add_node(&r->w, distill_json_key(node), r->doc, node);
}

distill_status json_rest_write(distill_text *out, const json_rest *rest, const distill_json *doc,
                               const char *merged)
{
    rest_writer r = {.rest = rest, .doc = doc, .w = {.out = out}};
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *inner = distill_json_present(root, merged);
    bool merges =
        distill_json_kind_of(inner) == DISTILL_JSON_OBJECT && !json_rest_has(rest, merged);
    for (const distill_json_node *node = merges ? distill_json_first(inner) : NULL; node != NULL;
         node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        if (json_rest_has(rest, key) || distill_json_present(root, key) == NULL)
            add_member(&r, node);
    }
    for (const distill_json_node *node = distill_json_first(root); node != NULL;
         node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        if (!json_rest_has(rest, key) && !(merges && strcmp(key, merged) == 0))
            add_member(&r, node);
    }
    if (!r.any)
        return DISTILL_OK;
    distill_json_end_object(&r.w);
    return distill_json_finish(&r.w);
}
