// distill/text/chat/jinja_scan.h - the words and string literals of a Jinja template.
//
//     jinja_scan scan = {0};
//     TRY(jinja_scan_read(&scan, template));
//     bool qwen3 = jinja_scan_has(&scan, JINJA_WORD, "last_query_index");
//
// Private to distill/text. The template is not executed.
#ifndef DISTILL_TEXT_CHAT_JINJA_SCAN_H
#define DISTILL_TEXT_CHAT_JINJA_SCAN_H

#include "distill/base/text.h"

typedef enum jinja_kind {
    JINJA_WORD,   // a name or keyword within {{ }} or {% %}
    JINJA_LITERAL // a string there, with escapes decoded
} jinja_kind;

typedef struct jinja_item {
    jinja_kind kind;
    size_t begin, length; // in `pool`; a NUL follows
} jinja_item;

typedef struct jinja_scan {
    distill_text pool;
    jinja_item *items;
    size_t count, capacity;
    bool bare_text; // text outside of {{ }}, {% %} and {# #} is printed, even if only white space
} jinja_scan;

/// Errors  FORMAT if a block is not closed.
distill_status jinja_scan_read(jinja_scan *scan, const char *source) DISTILL_MUST_CHECK;
void jinja_scan_free(jinja_scan *scan);

bool jinja_scan_has(const jinja_scan *scan, jinja_kind kind, const char *text);
/// Text of an item; borrowed.
const char *jinja_scan_text(const jinja_scan *scan, const jinja_item *item);

#endif
