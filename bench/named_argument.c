// bench/named_argument.c - splits and checks names given on the command line.
#include "bench/named_argument.h"

#include "distill/base/memory.h"

#include <string.h>

void named_argument_split(distill_span *name, distill_span *value, const char *word)
{
    const char *equals = strchr(word, '=');
    const char *slash = strchr(word, '/');
    *name = (distill_span){word, 0};
    *value = distill_span_of(word);
    if (equals == NULL || equals == word || (slash != NULL && slash < equals))
        return;
    name->length = (size_t)(equals - word);
    *value = distill_span_of(equals + 1);
}

static bool is_kept(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-';
}

distill_status named_argument_folder(distill_text *out, distill_span name)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < name.length; i++) {
        char c = name.bytes[i];
        TRY(distill_text_add_char(out, is_kept(c) || (c == '.' && i > 0) ? c : '-'));
    }
done:
    return status;
}

distill_status named_argument_check_unique(const named_argument *arguments, size_t count,
                                           const char *what)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(arguments[i].name, arguments[j].name) == 0)
                return distill_fail(DISTILL_USAGE,
                                    "--%s: the name \"%s\" is given twice (give different names: "
                                    "--%s NAME=…)",
                                    what, arguments[i].name, what);
            if (strcmp(arguments[i].folder, arguments[j].folder) == 0)
                return distill_fail(DISTILL_USAGE,
                                    "--%s: \"%s\" and \"%s\" would share the folder %s (give "
                                    "different names)",
                                    what, arguments[j].name, arguments[i].name,
                                    arguments[i].folder);
        }
    }
    return DISTILL_OK;
}

static distill_status append_word(word_list *out, const char *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    TRY(distill_grow((void **)&out->at, out->count, out->count + 1, sizeof *out->at));
    TRY(distill_copy_string(&out->at[out->count], bytes, length));
    out->count++;
done:
    return status;
}

distill_status named_argument_split_lists(word_list *out, const char *const *values, size_t count)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < count; i++) {
        const char *at = values[i];
        bool whole = strchr(at, '=') != NULL;
        while (at != NULL) {
            size_t length = whole ? strlen(at) : strcspn(at, ",");
            if (length > 0)
                TRY(append_word(out, at, length));
            at = at[length] == ',' ? at + length + 1 : NULL;
        }
    }
done:
    return status;
}

void word_list_free(word_list *words)
{
    for (size_t i = 0; i < words->count; i++)
        distill_free(words->at[i]);
    distill_free(words->at);
    *words = (word_list){0};
}
