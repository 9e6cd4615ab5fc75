// bench/named_argument.c - see naming.h.
#include "bench/named_argument.h"

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

static bool stays(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-';
}

distill_status named_argument_folder(distill_text *out, distill_span name)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < name.length; i++) {
        char c = name.bytes[i];
        TRY(distill_text_add_char(out, stays(c) || (c == '.' && i > 0) ? c : '-'));
    }
done:
    return status;
}

distill_status named_argument_check_unique(const named_argument *entries, size_t count,
                                           const char *what)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(entries[i].name, entries[j].name) == 0)
                return distill_fail(DISTILL_USAGE,
                                    "--%s: the name \"%s\" is given twice (name them apart: "
                                    "--%s NAME=…)",
                                    what, entries[i].name, what);
            if (strcmp(entries[i].folder, entries[j].folder) == 0)
                return distill_fail(DISTILL_USAGE,
                                    "--%s: \"%s\" and \"%s\" would share the folder %s (name them "
                                    "apart)",
                                    what, entries[j].name, entries[i].name, entries[i].folder);
        }
    }
    return DISTILL_OK;
}
