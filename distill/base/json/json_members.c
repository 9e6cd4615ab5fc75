// distill/base/json/json_members.c - typed members of objects, and the path of a node for messages.
//
// The path is found by searching the whole document, because a node does not store its parent; only
// messages need it.
#include "distill/base/json/json_document.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/// Appends the path from `node` to `target`; false if `target` is neither `node` nor below it.
static bool find_path(char *path, size_t capacity, const distill_json_node *node,
                      const distill_json_node *target)
{
    size_t length = strlen(path), index = 0;
    if (node == target)
        return true;
    for (const distill_json_node *child = distill_json_first(node); child != NULL;
         child = distill_json_next(child), index++) {
        if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY)
            snprintf(path + length, capacity - length, "[%zu]", index);
        else
            snprintf(path + length, capacity - length, "%s%s", length > 0 ? "." : "",
                     distill_json_key(child));
        if (find_path(path, capacity, child, target))
            return true;
        path[length] = '\0';
    }
    return false;
}

const char *distill_json_where(const distill_json *doc, const distill_json_node *node,
                               const char *key)
{
    static _Thread_local char where[1024];
    char path[512] = "";
    if (node != NULL)
        find_path(path, sizeof path, distill_json_root(doc), node);
    snprintf(where, sizeof where, "%.400s: %s%s%s", doc->name, path,
             path[0] != '\0' && key != NULL && key[0] != '\0' ? "." : "", key != NULL ? key : "");
    return where;
}

static distill_status wrong_kind(const distill_json *doc, const distill_json_node *object,
                                 const char *key, const char *expected)
{
    return distill_fail(DISTILL_FORMAT, "%s: expected %s, found %s",
                        distill_json_where(doc, object, key), expected,
                        distill_json_kind_name(distill_json_member(object, key)));
}

distill_status distill_json_get_number(double *out, const distill_json *doc,
                                       const distill_json_node *object, const char *key, double low,
                                       double high)
{
    const distill_json_node *member = distill_json_member(object, key);
    if (distill_json_kind_of(member) != DISTILL_JSON_NUMBER)
        return wrong_kind(doc, object, key, "a number");
    double value = distill_json_number(member);
    if (!(value >= low && value <= high))
        return distill_fail(DISTILL_FORMAT, "%s: %.10g is not between %.10g and %.10g",
                            distill_json_where(doc, object, key), value, low, high);
    *out = value;
    return DISTILL_OK;
}

distill_status distill_json_get_number_or(double *out, const distill_json *doc,
                                          const distill_json_node *object, const char *key,
                                          double low, double high, double otherwise)
{
    *out = otherwise;
    if (distill_json_present(object, key) == NULL)
        return DISTILL_OK;
    return distill_json_get_number(out, doc, object, key, low, high);
}

distill_status distill_json_get_size(size_t *out, const distill_json *doc,
                                     const distill_json_node *object, const char *key, size_t low,
                                     size_t high)
{
    double value = 0;
    distill_status status = DISTILL_OK;
    TRY(distill_json_get_number(&value, doc, object, key, (double)low, (double)high));
    if (value != floor(value))
        return distill_fail(DISTILL_FORMAT, "%s: expected a whole number, found %.10g",
                            distill_json_where(doc, object, key), value);
    *out = (size_t)value;
done:
    return status;
}

distill_status distill_json_get_size_or(size_t *out, const distill_json *doc,
                                        const distill_json_node *object, const char *key,
                                        size_t low, size_t high, size_t otherwise)
{
    *out = otherwise;
    if (distill_json_present(object, key) == NULL)
        return DISTILL_OK;
    return distill_json_get_size(out, doc, object, key, low, high);
}

distill_status distill_json_get_bool_or(bool *out, const distill_json *doc,
                                        const distill_json_node *object, const char *key,
                                        bool otherwise)
{
    const distill_json_node *member = distill_json_present(object, key);
    *out = otherwise;
    if (member == NULL)
        return DISTILL_OK;
    if (distill_json_kind_of(member) != DISTILL_JSON_BOOL)
        return wrong_kind(doc, object, key, "true or false");
    *out = distill_json_true(member);
    return DISTILL_OK;
}

distill_status distill_json_get_string(distill_span *out, const distill_json *doc,
                                       const distill_json_node *object, const char *key)
{
    const distill_json_node *member = distill_json_member(object, key);
    if (distill_json_kind_of(member) != DISTILL_JSON_STRING)
        return wrong_kind(doc, object, key, "a string");
    *out = distill_json_string(doc, member);
    if (out->bytes == NULL)
        return distill_fail(DISTILL_NO_MEMORY, "%s: out of memory for the string",
                            distill_json_where(doc, object, key));
    return DISTILL_OK;
}
