// distill/base/json/json_reader.c - JSON documents and their nodes, which are cJSON's.
//
// json_blocks.c parses plain JSON, which nearly all documents are; json_cjson.c parses the rest and
// reports errors. Nodes are accessed in place; only strings with NULs are copied, when read.
#include "distill/base/json/json_reader.h"

#include "distill/base/file.h"
#include "distill/base/json/json_document.h"
#include "distill/base/memory.h"

#include <cjson/cJSON.h>
#include <string.h>

static const cJSON *as_cjson(const distill_json_node *node)
{
    return (const cJSON *)node;
}

static const distill_json_node *as_node(const cJSON *item)
{
    return (const distill_json_node *)item;
}

distill_status distill_json_parse(distill_json **out, const char *bytes, size_t length,
                                  const char *name)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(DISTILL_NEW(&doc, 1));
    TRY(distill_copy_string(&doc->name, name, strlen(name)));
    TRY(json_blocks_parse(&doc->root, &doc->blocks, bytes, length, JSON_MAX_DEPTH));
    if (doc->root == NULL)
        TRY(json_cjson_parse(doc, bytes, length));
    *out = doc;
    doc = NULL;
done:
    distill_json_free(doc);
    return status;
}

distill_status distill_json_read(distill_json **out, const char *path, size_t limit)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    TRY(distill_file_read(&text, path, limit));
    TRY(distill_json_parse(out, text.bytes, text.length, path));
done:
    distill_text_free(&text);
    return status;
}

void distill_json_free(distill_json *doc)
{
    if (doc == NULL)
        return;
    if (doc->blocks.text == NULL)
        cJSON_Delete(doc->root);
    json_blocks_free(&doc->blocks);
    for (size_t i = 0; i < doc->restored_count; i++)
        distill_free(doc->restored[i]);
    distill_free(doc->restored);
    distill_free(doc->name);
    distill_free(doc);
}

const distill_json_node *distill_json_root(const distill_json *doc)
{
    return as_node(doc->root);
}

distill_json_kind distill_json_kind_of(const distill_json_node *node)
{
    switch (node != NULL ? as_cjson(node)->type & 0xFF : cJSON_NULL) {
    case cJSON_True:
    case cJSON_False:
        return DISTILL_JSON_BOOL;
    case cJSON_Number:
        return DISTILL_JSON_NUMBER;
    case cJSON_String:
        return DISTILL_JSON_STRING;
    case cJSON_Array:
        return DISTILL_JSON_ARRAY;
    case cJSON_Object:
        return DISTILL_JSON_OBJECT;
    default:
        return DISTILL_JSON_NULL;
    }
}

const char *distill_json_kind_name(const distill_json_node *node)
{
    static const char *const names[] = {"null",     "true or false", "a number",
                                        "a string", "an array",      "an object"};
    return node == NULL ? "nothing" : names[distill_json_kind_of(node)];
}

const distill_json_node *distill_json_member(const distill_json_node *node, const char *key)
{
    return node != NULL ? as_node(cJSON_GetObjectItemCaseSensitive(as_cjson(node), key)) : NULL;
}

const distill_json_node *distill_json_present(const distill_json_node *node, const char *key)
{
    const distill_json_node *member = distill_json_member(node, key);
    return distill_json_kind_of(member) == DISTILL_JSON_NULL ? NULL : member;
}

const distill_json_node *distill_json_first(const distill_json_node *node)
{
    return node != NULL ? as_node(as_cjson(node)->child) : NULL;
}

const distill_json_node *distill_json_next(const distill_json_node *node)
{
    return node != NULL ? as_node(as_cjson(node)->next) : NULL;
}

size_t distill_json_count(const distill_json_node *node)
{
    return node != NULL ? (size_t)cJSON_GetArraySize(as_cjson(node)) : 0;
}

const char *distill_json_key(const distill_json_node *node)
{
    return node != NULL && as_cjson(node)->string != NULL ? as_cjson(node)->string : "";
}

/// A copy of `text` with NULs instead of placeholders, owned by the document; empty if memory runs
/// out.
static distill_span restore_nuls(distill_json *doc, const char *text)
{
    size_t placeholder = strlen(doc->nul_placeholder), length = 0;
    char *copy = NULL;
    if (distill_copy_string(&copy, text, strlen(text)) != DISTILL_OK)
        return (distill_span){0};
    for (const char *next = text; *next != '\0';) {
        if (strncmp(next, doc->nul_placeholder, placeholder) == 0) {
            copy[length++] = '\0';
            next += placeholder;
        } else {
            copy[length++] = *next++;
        }
    }
    copy[length] = '\0';
    if (distill_grow((void **)&doc->restored, doc->restored_count, doc->restored_count + 1,
                     sizeof *doc->restored) != DISTILL_OK) {
        distill_free(copy);
        return (distill_span){0};
    }
    doc->restored[doc->restored_count++] = copy;
    return (distill_span){copy, length};
}

distill_span distill_json_string(const distill_json *doc, const distill_json_node *node)
{
    if (distill_json_kind_of(node) != DISTILL_JSON_STRING)
        return (distill_span){0};
    const char *text = as_cjson(node)->valuestring;
    if (doc->nul_placeholder[0] != '\0' && strstr(text, doc->nul_placeholder) != NULL)
        return restore_nuls((distill_json *)(uintptr_t)doc, text);
    return distill_span_of(text);
}

double distill_json_number(const distill_json_node *node)
{
    return distill_json_kind_of(node) == DISTILL_JSON_NUMBER ? as_cjson(node)->valuedouble : 0;
}

const char *distill_json_digits(const distill_json_node *node)
{
    return distill_json_kind_of(node) == DISTILL_JSON_NUMBER ? as_cjson(node)->valuestring : NULL;
}

bool distill_json_is_real(const distill_json_node *node)
{
    return node != NULL && (as_cjson(node)->type & JSON_IS_REAL) != 0;
}

bool distill_json_true(const distill_json_node *node)
{
    return node != NULL && cJSON_IsTrue(as_cjson(node));
}
