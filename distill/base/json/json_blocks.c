// distill/base/json/json_blocks.c - a recursive-descent parser for plain JSON, with nodes in
// blocks.
//
// It makes one pass over a copy of the text. Strings are unescaped in place, which never makes them
// longer. The pass ends without a message at the first construct that is not plain JSON.
#include "distill/base/json/json_blocks.h"

#include "distill/base/memory.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_NODES = 1 << 16, // nodes of a block
    BYTES_A_NODE = 16,   // estimated bytes of text for each node, for the size of the first block
    MAX_DIGITS = 15      // longest whole number that a double always represents exactly
};

typedef struct json_block {
    struct json_block *next;
    cJSON nodes[];
} json_block;

/// State of the parser. The text ends with a NUL, which ends every loop below.
typedef struct reader {
    char *at;          // next byte
    cJSON *free, *end; // unused nodes of the newest block
    size_t capacity;   // nodes of the next block
    size_t depth;      // levels that may still be opened
    json_blocks *memory;
    distill_status status;
} reader;

/// A zeroed node; NULL if there is no memory (then r->status is set).
static cJSON *take_node(reader *r)
{
    if (r->free == r->end) {
        json_block *block = NULL;
        size_t bytes = sizeof *block + r->capacity * sizeof(cJSON);
        r->status = distill_alloc_unset((void **)&block, bytes);
        if (r->status != DISTILL_OK)
            return NULL;
        block->next = r->memory->blocks;
        r->memory->blocks = block;
        r->free = block->nodes;
        r->end = block->nodes + r->capacity;
        r->capacity = r->capacity * 2 < MAX_NODES ? r->capacity * 2 : MAX_NODES;
    }
    *r->free = (cJSON){0};
    return r->free++;
}

static void skip_space(reader *r)
{
    while (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t')
        r->at++;
}

// -------------------------------------------------------------------------------------- strings

/// Value of four hexadecimal digits; -1 if a character is not one.
static int hex4(const char *digits)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        char c = digits[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

static char *put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *to++ = (char)(0xE0 | code >> 12);
        } else {
            *to++ = (char)(0xF0 | code >> 18);
            *to++ = (char)(0x80 | (code >> 12 & 63));
        }
        *to++ = (char)(0x80 | (code >> 6 & 63));
    }
    *to++ = (char)(0x80 | (code & 63));
    return to;
}

/// Decodes an escape like \u20AC, or a surrogate pair of two, and moves *from past it. False for an
/// unpaired surrogate and for NUL.
static bool read_code(char **to, char **from)
{
    int code = hex4(*from + 2), low;
    *from += 6;
    if (code <= 0 || (code >= 0xDC00 && code <= 0xDFFF))
        return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
        if ((*from)[0] != '\\' || (*from)[1] != 'u')
            return false;
        low = hex4(*from + 2);
        if (low < 0xDC00 || low > 0xDFFF)
            return false;
        code = 0x10000 + ((code & 0x3FF) << 10 | (low & 0x3FF));
        *from += 6;
    }
    *to = put_utf8(*to, (unsigned)code);
    return true;
}

static bool read_escape(char **to, char **from)
{
    static const char letters[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    char letter = (*from)[1];
    if (letter == 'u')
        return read_code(to, from);
    for (const char *pair = letters; *pair != '\0'; pair += 2)
        if (*pair == letter) {
            *(*to)++ = pair[1];
            *from += 2;
            return true;
        }
    return false;
}

static bool is_ordinary(char c)
{
    return c != '"' && c != '\\' && c != '\0';
}

/// Reads the string whose opening quote is at r->at; *out points into the text and ends with a NUL.
static bool read_string(char **out, reader *r)
{
    char *from = r->at + 1;
    *out = from;
    while (is_ordinary(*from))
        from++;
    for (char *to = from;;) {
        if (*from == '"') {
            *to = '\0';
            r->at = from + 1;
            return true;
        }
        if (*from == '\0' || (*from == '\\' && !read_escape(&to, &from)))
            return false;
        while (is_ordinary(*from))
            *to++ = *from++;
    }
}

// ------------------------------------------------------------------------------- numbers, words

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Moves *at past digits; false if there are none.
static bool skip_digits(char **at)
{
    char *first = *at;
    while (is_digit(**at))
        ++*at;
    return *at > first;
}

static bool read_number(cJSON *node, reader *r)
{
    char *at = r->at, *digits = at + (*at == '-');
    int64_t whole = 0;
    node->type = cJSON_Number;
    for (at = digits; is_digit(*at) && at - digits <= MAX_DIGITS; at++)
        whole = whole * 10 + (*at - '0');
    if (at == digits || at - digits > MAX_DIGITS || (*digits == '0' && at - digits > 1))
        return false;
    node->valuedouble = *r->at == '-' ? -(double)whole : (double)whole;
    if (*at == '.' || *at == 'e' || *at == 'E') {
        if (*at == '.' && (at++, !skip_digits(&at)))
            return false;
        if (*at == 'e' || *at == 'E') {
            at += at[1] == '+' || at[1] == '-' ? 2 : 1;
            if (!skip_digits(&at))
                return false;
        }
        node->valuedouble = strtod(r->at, NULL);
        node->type |= JSON_IS_REAL;
    }
    r->at = at;
    return true;
}

static bool read_word(cJSON *node, reader *r)
{
    static const struct {
        const char *word;
        size_t length;
        int type;
    } words[] = {{"true", 4, cJSON_True}, {"false", 5, cJSON_False}, {"null", 4, cJSON_NULL}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(r->at, words[i].word, words[i].length) == 0) {
            node->type = words[i].type;
            r->at += words[i].length;
            return true;
        }
    return false;
}

// --------------------------------------------------------------------------------------- values

static bool read_value(cJSON *node, reader *r);

/// Reads a key and the colon after it.
static bool read_key(cJSON *node, reader *r)
{
    if (*r->at != '"' || !read_string(&node->string, r))
        return false;
    skip_space(r);
    if (*r->at != ':')
        return false;
    r->at++;
    skip_space(r);
    return true;
}

/// Reads the elements of an array or object and the closing bracket; r->at is past the opening one.
static bool read_children(cJSON *node, reader *r, bool keys)
{
    char end = keys ? '}' : ']';
    cJSON **link = &node->child;
    node->type = keys ? cJSON_Object : cJSON_Array;
    if (r->depth-- == 0)
        return false;
    skip_space(r);
    for (bool first = true; *r->at != end || !first; first = false) {
        cJSON *child = take_node(r);
        if (child == NULL || (keys && !read_key(child, r)) || !read_value(child, r))
            return false;
        *link = child;
        link = &child->next;
        skip_space(r);
        if (*r->at == end)
            break;
        if (*r->at++ != ',')
            return false;
        skip_space(r);
    }
    r->at++;
    r->depth++;
    return true;
}

/// Reads the value at r->at, which is not white space.
static bool read_value(cJSON *node, reader *r)
{
    switch (*r->at) {
    case '"':
        node->type = cJSON_String;
        return read_string(&node->valuestring, r);
    case '{':
    case '[':
        return read_children(node, r, *r->at++ == '{');
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return read_number(node, r);
    default:
        return read_word(node, r);
    }
}

distill_status json_blocks_parse(cJSON **root, json_blocks *memory, const char *bytes,
                                 size_t length, size_t max_depth)
{
    distill_status status = DISTILL_OK;
    size_t estimate = length / BYTES_A_NODE + 8;
    reader r = {.memory = memory,
                .depth = max_depth,
                .capacity = estimate < MAX_NODES ? estimate : MAX_NODES};
    *root = NULL;
    TRY(distill_alloc_unset((void **)&memory->text, length + 1));
    if (length > 0)
        memcpy(memory->text, bytes, length);
    memory->text[length] = '\0';
    r.at = memory->text;
    skip_space(&r);
    cJSON *node = take_node(&r);
    bool plain = node != NULL && read_value(node, &r);
    if (plain) // otherwise `at` may be beyond the text, after a truncated escape
        skip_space(&r);
    if (plain && r.at == memory->text + length)
        *root = node;
    else
        json_blocks_free(memory);
    TRY(r.status);
done:
    return status;
}

void json_blocks_free(json_blocks *memory)
{
    for (json_block *block = memory->blocks, *next; block != NULL; block = next) {
        next = block->next;
        distill_free(block);
    }
    distill_free(memory->text);
    *memory = (json_blocks){0};
}
