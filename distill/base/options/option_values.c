// distill/base/options/option_values.c - conversion of text to the values of options.
//
// A value must be complete: white space or letters after a number are errors. Memory for lists and
// copies is never freed, because options are used until the process exits.
#include "distill/base/options/option_values.h"

#include "distill/base/memory.h"
#include "distill/base/options/options_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Memory of lists and of values from --config. It is never freed; these pointers keep it reachable
/// for leak checkers.
static struct {
    void **blocks;
    size_t count;
} kept;

/// Stores the pointer `block`; it replaces `instead_of`, a stored block that was reallocated, if not
/// NULL.
static distill_status keep_block(void *block, const void *instead_of)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; instead_of != NULL && i < kept.count; i++) {
        if (kept.blocks[i] == instead_of) {
            kept.blocks[i] = block;
            return DISTILL_OK;
        }
    }
    TRY(distill_grow((void **)&kept.blocks, kept.count, kept.count + 1, sizeof *kept.blocks));
    kept.blocks[kept.count++] = block;
done:
    return status;
}

static distill_status parse_whole(long long *out, const distill_option *row, const char *value)
{
    char *end = NULL;
    errno = 0;
    *out = strtoll(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0)
        return distill_fail(DISTILL_USAGE, "--%s: expected a whole number, found \"%s\"", row->name,
                            value);
    if ((double)*out < row->low || (double)*out > row->high)
        return distill_fail(DISTILL_USAGE, "--%s: %lld is not between %.15g and %.15g", row->name,
                            *out, row->low, row->high);
    return DISTILL_OK;
}

static distill_status parse_seed(uint64_t *out, const distill_option *row, const char *value)
{
    char *end = NULL;
    errno = 0;
    *out = strtoull(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0 || value[0] == '-')
        return distill_fail(DISTILL_USAGE,
                            "--%s: expected a whole number from 0 to 2^64-1, found \"%s\"",
                            row->name, value);
    return DISTILL_OK;
}

static distill_status parse_real(double *out, const distill_option *row, const char *value)
{
    char *end = NULL;
    *out = strtod(value, &end);
    if (end == value || *end != '\0' || !isfinite(*out))
        return distill_fail(DISTILL_USAGE, "--%s: expected a number, found \"%s\"", row->name,
                            value);
    if (*out < row->low || *out > row->high)
        return distill_fail(DISTILL_USAGE, "--%s: %s is not between %.10g and %.10g", row->name,
                            value, row->low, row->high);
    return DISTILL_OK;
}

static distill_status parse_choice(int *out, const distill_option *row, const char *value)
{
    int index = 0;
    for (const char *rest = row->choices; rest != NULL; index++) {
        if (distill_span_is(options_next_part(&rest, '|'), value)) {
            *out = index;
            return DISTILL_OK;
        }
    }
    return distill_fail(DISTILL_USAGE, "--%s: \"%s\" is not one of %s", row->name, value,
                        row->choices);
}

static distill_status append_value(distill_string_list *list, const char *value)
{
    distill_status status = DISTILL_OK;
    const void *before = list->at;
    TRY(distill_grow((void **)&list->at, list->count, list->count + 1, sizeof *list->at));
    TRY(keep_block(list->at, before));
    list->at[list->count++] = value;
done:
    return status;
}

static distill_status parse_flag(bool *out, const distill_option *row, const char *value)
{
    if (strcmp(value, "true") == 0 || strcmp(value, "1") == 0)
        *out = true;
    else if (strcmp(value, "false") == 0 || strcmp(value, "0") == 0)
        *out = false;
    else
        return distill_fail(DISTILL_USAGE, "--%s: expected true or false, found \"%s\"", row->name,
                            value);
    return DISTILL_OK;
}

distill_status option_set(void *options, const distill_option *row, const char *value)
{
    distill_status status = DISTILL_OK;
    long long whole = 0;
    void *field = (char *)options + row->offset;
    switch (row->type) {
    case DISTILL_OPT_FLAG:
        TRY(parse_flag(field, row, value));
        break;
    case DISTILL_OPT_INT:
        TRY(parse_whole(&whole, row, value));
        *(int *)field = (int)whole;
        break;
    case DISTILL_OPT_SIZE:
        TRY(parse_whole(&whole, row, value));
        *(size_t *)field = (size_t)whole;
        break;
    case DISTILL_OPT_SEED:
        TRY(parse_seed(field, row, value));
        break;
    case DISTILL_OPT_REAL:
        TRY(parse_real(field, row, value));
        break;
    case DISTILL_OPT_STRING:
        *(const char **)field = value;
        break;
    case DISTILL_OPT_CHOICE:
        TRY(parse_choice(field, row, value));
        break;
    case DISTILL_OPT_LIST:
        TRY(append_value(field, value));
        break;
    }
done:
    return status;
}

distill_status option_set_copy(void *options, const distill_option *row, distill_span value)
{
    distill_status status = DISTILL_OK;
    char *copy = NULL;
    TRY(distill_copy_string(&copy, value.bytes, value.length));
    TRY(keep_block(copy, NULL));
    TRY(option_set(options, row, copy));
done:
    return status;
}
