// distill/base/json/json_document.h - private header of the module json_reader: json_reader.c
// (documents and nodes), json_cjson.c (parsing with cJSON), json_members.c (typed members).
#ifndef DISTILL_BASE_JSON_JSON_DOCUMENT_H
#define DISTILL_BASE_JSON_JSON_DOCUMENT_H

#include "distill/base/json/json_blocks.h"
#include "distill/base/json/json_reader.h"

enum { JSON_MAX_DEPTH = 200 };

struct cJSON;

struct distill_json {
    struct cJSON *root;
    json_blocks blocks; // memory of `root`; empty if cJSON allocated it
    char *name;
    char nul_placeholder[8]; // UTF-8 of the character that replaces NUL; "" = none
    char **restored;         // [restored_count] strings whose NULs have been restored
    size_t restored_count;
};

/// Parses any JSON into doc->root; sets doc->nul_placeholder if strings contain NUL.
/// Errors  FORMAT with line and column; NO_MEMORY.
distill_status json_cjson_parse(distill_json *doc, const char *bytes,
                                size_t length) DISTILL_MUST_CHECK;

#endif
