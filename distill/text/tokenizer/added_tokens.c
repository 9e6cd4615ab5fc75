// distill/text/tokenizer/added_tokens.c - finds added tokens in text, by a trie over their bytes.
//
// Positions to try are found with memchr if all tokens begin with the same byte, which is "<" in
// most files, else with a table of first bytes.
#include "distill/text/tokenizer/added_tokens.h"

#include "distill/base/memory.h"
#include "distill/text/tokenizer/vocabulary.h"
#include "distill/text/unicode.h"

#include <string.h>

/// A node of the trie; node 0 is the root.
typedef struct trie_node {
    uint32_t first_child, sibling; // 0 = none
    int32_t token;                 // index of the token that ends here, -1 = none
    unsigned char byte;
} trie_node;

struct added_set {
    trie_node *nodes;
    size_t count, capacity;
    const added_token *tokens; // borrowed
    bool normal;               // tokens are matched in their normalised form
    bool starts[256];          // a token begins with this byte
    int only_start;            // the byte that all tokens begin with; -1 if they differ
};

// -------------------------------------------------------------------------------------- loading

static bool looks_like_control(const char *content, size_t length)
{
    static const char *const forms[][2] = {{"<|", "|>"}, {"<\xEF\xBD\x9C", "\xEF\xBD\x9C>"}};
    for (size_t i = 0; i < 2; i++) {
        size_t head = strlen(forms[i][0]), tail = strlen(forms[i][1]);
        if (length > head + tail && memcmp(content, forms[i][0], head) == 0 &&
            memcmp(content + length - tail, forms[i][1], tail) == 0)
            return true;
    }
    return false;
}

static distill_status read_token(added_token *token, const distill_json *doc,
                                 const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_span content;
    size_t id;
    TRY(distill_json_get_string(&content, doc, node, "content"));
    TRY(distill_json_get_size(&id, doc, node, "id", 0, VOCABULARY_LIMIT - 1));
    TRY(distill_json_get_bool_or(&token->special, doc, node, "special", false));
    TRY(distill_json_get_bool_or(&token->single_word, doc, node, "single_word", false));
    TRY(distill_json_get_bool_or(&token->strips_left, doc, node, "lstrip", false));
    TRY(distill_json_get_bool_or(&token->strips_right, doc, node, "rstrip", false));
    TRY(distill_json_get_bool_or(&token->normalized, doc, node, "normalized", !token->special));
    TRY(distill_copy_string(&token->content, content.bytes, content.length));
    token->length = content.length;
    token->id = (int32_t)id;
    token->control = token->special || looks_like_control(content.bytes, content.length);
done:
    return status;
}

distill_status added_tokens_load(added_tokens *out, const distill_json *doc,
                                 const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    if (node == NULL || distill_json_kind_of(node) == DISTILL_JSON_NULL)
        goto done;
    if (distill_json_kind_of(node) != DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a list, found %s",
                         distill_json_where(doc, node, NULL), distill_json_kind_name(node)));
    TRY(DISTILL_NEW(&out->at, distill_json_count(node)));
    for (const distill_json_node *item = distill_json_first(node); item != NULL;
         item = distill_json_next(item))
        TRY(read_token(&out->at[out->count++], doc, item));
done:
    return status;
}

void added_tokens_free(added_tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        distill_free(tokens->at[i].content);
        distill_free(tokens->at[i].normal);
    }
    distill_free(tokens->at);
    *tokens = (added_tokens){0};
}

// ------------------------------------------------------------------------------------- the trie

static uint32_t find_child(const added_set *set, uint32_t node, unsigned char byte)
{
    uint32_t child = set->nodes[node].first_child;
    while (child != 0 && set->nodes[child].byte != byte)
        child = set->nodes[child].sibling;
    return child;
}

static distill_status add_child(uint32_t *child, added_set *set, uint32_t node, unsigned char byte)
{
    distill_status status = DISTILL_OK;
    if (set->count == set->capacity) {
        size_t capacity = set->capacity * 2 + 64;
        TRY(distill_grow((void **)&set->nodes, set->capacity, capacity, sizeof *set->nodes));
        set->capacity = capacity;
    }
    *child = (uint32_t)set->count++;
    set->nodes[*child] = (trie_node){0, 0, -1, byte};
    if (*child != node) {
        set->nodes[*child].sibling = set->nodes[node].first_child;
        set->nodes[node].first_child = *child;
    }
done:
    return status;
}

static distill_status add_token(added_set *set, const added_token *token, int32_t index)
{
    distill_status status = DISTILL_OK;
    uint32_t node = 0;
    const char *pattern = set->normal ? token->normal : token->content;
    size_t length = set->normal ? token->normal_length : token->length;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)pattern[i];
        uint32_t child = find_child(set, node, byte);
        if (child == 0)
            TRY(add_child(&child, set, node, byte));
        node = child;
    }
    if (node != 0) {
        set->nodes[node].token = index;
        set->starts[(unsigned char)pattern[0]] = true;
    }
done:
    return status;
}

distill_status added_set_create(added_set **out, const added_tokens *tokens, added_group group)
{
    distill_status status = DISTILL_OK;
    added_set *set = NULL;
    uint32_t root;
    TRY(DISTILL_NEW(&set, 1));
    set->tokens = tokens->at;
    set->normal = group == ADDED_NORMALIZED;
    TRY(add_child(&root, set, 0, 0));
    for (size_t i = 0; i < tokens->count; i++)
        if (group == ADDED_ALL || tokens->at[i].normalized == (group == ADDED_NORMALIZED))
            TRY(add_token(set, &tokens->at[i], (int32_t)i));
    set->only_start = -1;
    for (int byte = 0, count = 0; byte < 256; byte++)
        if (set->starts[byte])
            set->only_start = ++count == 1 ? byte : -1;
    *out = set;
    set = NULL;
done:
    added_set_free(set);
    return status;
}

void added_set_free(added_set *set)
{
    if (set == NULL)
        return;
    distill_free(set->nodes);
    distill_free(set);
}

// ------------------------------------------------------------------------------------ searching

/// Next position from `at` on where a token may begin.
static size_t next_start(const added_set *set, distill_span text, size_t at)
{
    if (set->only_start >= 0) {
        const char *found = memchr(text.bytes + at, set->only_start, text.length - at);
        return found == NULL ? text.length : (size_t)(found - text.bytes);
    }
    while (at < text.length && !set->starts[(unsigned char)text.bytes[at]])
        at++;
    return at;
}

/// The longest token that begins at `at`; NULL if there is none.
static const added_token *longest_at(const added_set *set, distill_span text, size_t at)
{
    int32_t found = -1;
    uint32_t node = 0;
    for (; at < text.length; at++) {
        node = find_child(set, node, (unsigned char)text.bytes[at]);
        if (node == 0)
            break;
        if (set->nodes[node].token >= 0)
            found = set->nodes[node].token;
    }
    return found < 0 ? NULL : &set->tokens[found];
}

static bool is_guarded(const added_cursor *cursor, size_t begin, size_t end)
{
    for (size_t i = 0; i < cursor->guarded_count; i++)
        if (cursor->guarded[i].begin < end && begin < cursor->guarded[i].end)
            return true;
    return false;
}

static bool is_whole_word(distill_span text, size_t begin, size_t end)
{
    uint32_t before = ' ', after = ' ';
    if (begin > 0)
        unicode_next(&before, text.bytes + begin - unicode_step_back(text.bytes, begin));
    if (end < text.length)
        unicode_next(&after, text.bytes + end);
    return !unicode_is_word(before) && !unicode_is_word(after);
}

/// Extends the token's range over the white space that it absorbs.
static void strip_around(const added_token *token, distill_span text, size_t low, size_t *begin,
                         size_t *end)
{
    uint32_t code;
    while (token->strips_left && *begin > low) {
        size_t step = unicode_step_back(text.bytes, *begin);
        unicode_next(&code, text.bytes + *begin - step);
        if (!unicode_is_space(code))
            break;
        *begin -= step;
    }
    while (token->strips_right && *end < text.length) {
        size_t step = unicode_next(&code, text.bytes + *end);
        if (!unicode_is_space(code))
            break;
        *end += step;
    }
}

bool added_next(added_cursor *cursor)
{
    const added_set *set = cursor->set;
    distill_span text = cursor->text;
    size_t from = cursor->at, at = from;
    if (cursor->ended)
        return false;
    while (at < text.length) {
        at = next_start(set, text, at);
        if (at == text.length)
            break;
        const added_token *token = longest_at(set, text, at);
        if (token == NULL) {
            at++;
            continue;
        }
        size_t begin = at, end = at + (set->normal ? token->normal_length : token->length);
        if (token->control && is_guarded(cursor, begin, end)) {
            at++;
            continue;
        }
        if ((token->control && cursor->skip_control) ||
            (token->single_word && !is_whole_word(text, begin, end))) {
            at = end;
            continue;
        }
        strip_around(token, text, from, &begin, &end);
        cursor->plain = (distill_span){text.bytes + from, begin - from};
        cursor->id = token->id;
        cursor->at = end;
        return true;
    }
    cursor->plain = (distill_span){text.bytes + from, text.length - from};
    cursor->id = -1;
    cursor->ended = true;
    return true;
}
