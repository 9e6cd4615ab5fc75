// distill/text/tokenizer/tokenizer_load.c - tokenizer.json, tokenizer_config.json and
// chat_template.jinja.
//
// The files are untrusted: sizes are limited, ids are checked, and unknown keys are errors. Hashing
// and UTF-8 validation run concurrently with the JSON parser, which takes about as long.
#include "distill/base/file.h"
#include "distill/base/threads.h"
#include "distill/base/zstd_frames.h"
#include "distill/text/tokenizer/tokenizer_parts.h"
#include "distill/text/unicode.h"

#include <string.h>

enum {
    MAX_TOKENIZER_BYTES = 256 << 20, // published files have 2 to 35 MB
    MAX_CONFIG_BYTES = 16 << 20,
    MAX_ADDED_IDS = 1 << 20 // ids of added tokens are at most this far beyond the vocabulary
};

// ---------------------------------------------------------------------------------- whole files

/// Appends the content of a zstd file, at most `out->limit` bytes.
static distill_status unpack(distill_text *out, distill_span packed, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_zstd_reader *reader = NULL;
    TRY(distill_zstd_open(&reader, path));
    while (packed.length > 0)
        TRY(distill_zstd_read(out, reader, &packed));
    TRY(distill_zstd_check_end(reader));
done:
    distill_zstd_close(reader);
    return status;
}

/// Reads DIR/tokenizer.json or, if it does not exist, DIR/tokenizer.json.zst; `path` is set to the
/// file that was read.
static distill_status read_tokenizer_file(distill_text *out, distill_text *path, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_text packed = {.limit = MAX_TOKENIZER_BYTES};
    TRY(distill_path_join(path, dir, "tokenizer.json"));
    if (distill_file_exists(path->bytes)) {
        TRY(distill_file_read(out, path->bytes, MAX_TOKENIZER_BYTES));
        goto done;
    }
    TRY(distill_text_add(path, ".zst"));
    if (!distill_file_exists(path->bytes))
        TRY(distill_fail(
            DISTILL_IO,
            "%s: the folder has no tokenizer.json; give the folder of the checkpoint or "
            "of its tokenizer",
            dir));
    TRY(distill_file_read(&packed, path->bytes, MAX_TOKENIZER_BYTES));
    TRY(unpack(out, distill_text_span(&packed), path->bytes));
done:
    distill_text_free(&packed);
    return status;
}

// ------------------------------------------------------------------------------- post-processor

/// Appends the ids of a special token in a template.
static distill_status add_template_token(distill_ids *ids, const distill_json *doc,
                                         const distill_json_node *processor,
                                         const distill_json_node *token)
{
    distill_status status = DISTILL_OK;
    distill_span name;
    TRY(distill_json_get_string(&name, doc, token, "id"));
    const distill_json_node *all = distill_json_member(processor, "special_tokens");
    const distill_json_node *list =
        distill_json_member(distill_json_member(all, name.bytes), "ids");
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_FORMAT, "%s: no ids for \"%.80s\"",
                         distill_json_where(doc, processor, "special_tokens"), name.bytes));
    for (const distill_json_node *id = distill_json_first(list); id != NULL;
         id = distill_json_next(id)) {
        double value = distill_json_number(id);
        if (!(value >= 0 && value < VOCABULARY_LIMIT))
            TRY(distill_fail(DISTILL_FORMAT, "%s: not a token id",
                             distill_json_where(doc, id, NULL)));
        TRY(distill_ids_append(ids, (int32_t)value));
    }
done:
    return status;
}

static distill_status load_template(distill_tokenizer *tok, const distill_json *doc,
                                    const distill_json_node *processor)
{
    distill_status status = DISTILL_OK;
    bool after_text = false;
    const distill_json_node *single = distill_json_member(processor, "single");
    if (distill_json_kind_of(single) != DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: expected a list",
                         distill_json_where(doc, processor, "single")));
    for (const distill_json_node *item = distill_json_first(single); item != NULL;
         item = distill_json_next(item)) {
        const distill_json_node *token = distill_json_member(item, "SpecialToken");
        if (token != NULL) {
            TRY(add_template_token(after_text ? &tok->suffix : &tok->prefix, doc, processor,
                                   token));
            continue;
        }
        if (distill_json_member(item, "Sequence") == NULL || after_text)
            TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: expected special tokens around one text",
                             distill_json_where(doc, item, NULL)));
        after_text = true;
    }
done:
    return status;
}

static distill_status load_processor(distill_tokenizer *tok, const distill_json *doc,
                                     const distill_json_node *node, int depth)
{
    distill_status status = DISTILL_OK;
    distill_span type;
    TRY(distill_json_get_string(&type, doc, node, "type"));
    if (distill_span_is(type, "Sequence") && depth < 8) {
        const distill_json_node *list = distill_json_member(node, "processors");
        for (node = distill_json_first(list); node != NULL; node = distill_json_next(node))
            TRY(load_processor(tok, doc, node, depth + 1));
    } else if (distill_span_is(type, "TemplateProcessing")) {
        TRY(load_template(tok, doc, node));
    } else if (!distill_span_is(type, "ByteLevel")) { // ByteLevel changes offsets only
        TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: post-processor \"%.80s\" is not supported",
                         distill_json_where(doc, node, "type"), type.bytes));
    }
done:
    return status;
}

// ------------------------------------------------------------------------------- tokenizer.json

static distill_status check_root(const distill_json *doc)
{
    // Truncation and padding serve batches of a fixed length; they are ignored, as in transformers.
    static const char *const known[] = {"version",        "truncation", "padding",
                                        "added_tokens",   "normalizer", "pre_tokenizer",
                                        "post_processor", "decoder",    "model"};
    const distill_json_node *root = distill_json_root(doc);
    if (distill_json_kind_of(root) != DISTILL_JSON_OBJECT)
        return distill_fail(DISTILL_FORMAT, "%s: expected an object, found %s",
                            distill_json_where(doc, root, NULL), distill_json_kind_name(root));
    for (const distill_json_node *member = distill_json_first(root); member != NULL;
         member = distill_json_next(member)) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || strcmp(distill_json_key(member), known[i]) == 0;
        if (!found)
            return distill_fail(DISTILL_UNSUPPORTED, "%s: this setting is not supported",
                                distill_json_where(doc, member, NULL));
    }
    return DISTILL_OK;
}

/// Checks the id of an added token. If the token is also in the vocabulary, its id there takes
/// precedence over the list's, as in Hugging Face's tokenizers. Two different tokens must not have
/// the same id.
static distill_status resolve_added_id(const distill_tokenizer *tok, added_token *added,
                                       size_t base, const distill_json *doc,
                                       const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_text bytes = {0};
    bool spelled = true;
    const vocabulary *vocab = bpe_vocabulary(tok->merges);
    if (tok->byte_level)
        TRY(vocabulary_unspell(&bytes, &spelled, (distill_span){added->content, added->length}));
    else
        TRY(distill_text_append(&bytes, added->content, added->length));
    int32_t known = spelled ? vocabulary_find(vocab, bytes.bytes, bytes.length) : -1;
    bool clash = known < 0 && vocabulary_bytes(vocab, added->id).bytes != NULL &&
                 !distill_span_equal(vocabulary_bytes(vocab, added->id), distill_text_span(&bytes));
    if (known >= 0)
        added->id = known;
    if (clash || (size_t)added->id > base + MAX_ADDED_IDS)
        TRY(distill_fail(DISTILL_FORMAT, "%s: id %d of \"%.80s\" %s",
                         distill_json_where(doc, node, NULL), added->id, added->content,
                         clash ? "is the id of another token" : "is far beyond the vocabulary"));
done:
    distill_text_free(&bytes);
    return status;
}

static distill_status load_added(distill_tokenizer *tok, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    normalizer_work work = {0};
    const distill_json_node *list = distill_json_member(distill_json_root(doc), "added_tokens");
    TRY(added_tokens_load(&tok->added, doc, list));
    size_t base = tok->size = vocabulary_size(bpe_vocabulary(tok->merges));
    for (size_t i = 0; i < tok->added.count; i++) {
        added_token *added = &tok->added.at[i];
        distill_span normal;
        TRY(resolve_added_id(tok, added, base, doc, list));
        if ((size_t)added->id >= tok->size)
            tok->size = (size_t)added->id + 1;
        TRY(normalizer_run(&normal, tok->normal, &work,
                           (distill_span){added->content, added->length}));
        TRY(distill_copy_string(&added->normal, normal.bytes, normal.length));
        added->normal_length = normal.length;
    }
    TRY(added_set_create(&tok->raw, &tok->added, ADDED_RAW));
    TRY(added_set_create(&tok->normalized, &tok->added, ADDED_NORMALIZED));
    TRY(added_set_create(&tok->all, &tok->added, ADDED_ALL));
done:
    normalizer_work_free(&work);
    return status;
}

static distill_status load_document(distill_tokenizer *tok, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    TRY(check_root(doc));
    TRY(normalizer_load(&tok->normal, doc, distill_json_member(root, "normalizer")));
    TRY(pretokenizer_load(&tok->words, &tok->byte_level, doc,
                          distill_json_member(root, "pre_tokenizer")));
    TRY(bpe_load(&tok->merges, doc, distill_json_member(root, "model"), tok->byte_level));
    tok->cuts_at_marks =
        !tok->byte_level && bpe_cuts_before(tok->merges, distill_span_of(TOKENIZER_SPACE_MARK));
    TRY(load_added(tok, doc));
    TRY(tokenizer_load_decoder(tok, doc, distill_json_member(root, "decoder")));
    const distill_json_node *processor = distill_json_present(root, "post_processor");
    if (processor != NULL)
        TRY(load_processor(tok, doc, processor, 0));
done:
    return status;
}

/// Two independent passes over the file's text: 0 parses it, 1 validates UTF-8 and computes the
/// hash.
typedef struct text_passes {
    distill_span text;
    const char *name;
    distill_json *doc;
    distill_status parsed;
    char *sha256;
    distill_status hashed;
    size_t valid; // length of the longest valid UTF-8 prefix
} text_passes;

/// Pass 0 runs on the caller's thread, where the parser's error message is needed.
static void run_passes(void *context, size_t begin, size_t end, int worker)
{
    text_passes *job = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        if (i == 0) {
            job->parsed =
                distill_json_parse(&job->doc, job->text.bytes, job->text.length, job->name);
            continue;
        }
        job->valid = unicode_valid_prefix(job->text.bytes, job->text.length);
        job->hashed = distill_sha256_bytes(job->sha256, job->text.bytes, job->text.length);
    }
}

distill_status tokenizer_parse_json(distill_tokenizer *tok, distill_span text, const char *name)
{
    distill_status status = DISTILL_OK;
    text_passes job = {.text = text, .name = name, .sha256 = tok->sha256};
    distill_parallel_for(run_passes, &job, 2, 1);
    if (job.valid < text.length)
        TRY(distill_fail(DISTILL_FORMAT, "%s: byte %zu is not valid UTF-8", name, job.valid));
    if (job.hashed != DISTILL_OK) // again on this thread, to get the error message
        TRY(distill_sha256_bytes(tok->sha256, text.bytes, text.length));
    TRY(job.parsed);
    TRY(load_document(tok, job.doc));
done:
    distill_json_free(job.doc);
    return status;
}

distill_status tokenizer_read_json(distill_tokenizer *tok)
{
    distill_status status = DISTILL_OK;
    distill_text text = {.limit = MAX_TOKENIZER_BYTES}, path = {0};
    TRY(read_tokenizer_file(&text, &path, tok->dir));
    TRY(tokenizer_parse_json(tok, distill_text_span(&text), path.bytes));
done:
    distill_text_free(&text);
    distill_text_free(&path);
    return status;
}

// ------------------------------------------------------------- tokenizer_config.json, templates

/// Reads a token given as a string or as {"content": ...}; *out stays NULL if it is absent or null.
static distill_status read_token_text(char **out, const distill_json *doc, const char *key)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), key);
    if (distill_json_kind_of(node) == DISTILL_JSON_OBJECT)
        node = distill_json_member(node, "content");
    distill_span text = distill_json_string(doc, node);
    return text.bytes == NULL ? DISTILL_OK : distill_copy_string(out, text.bytes, text.length);
}

/// "chat_template" is one template, or a list of named templates, of which "default" is used.
static distill_status read_template_text(distill_tokenizer *tok, const distill_json *doc)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), "chat_template");
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY) {
        node = distill_json_first(node);
        while (node != NULL &&
               !distill_span_is(distill_json_string(doc, distill_json_member(node, "name")),
                                "default"))
            node = distill_json_next(node);
        node = distill_json_member(node, "template");
    }
    distill_span text = distill_json_string(doc, node);
    if (text.bytes == NULL || tok->chat_template != NULL)
        return DISTILL_OK;
    return distill_copy_string(&tok->chat_template, text.bytes, text.length);
}

static distill_status read_template_file(distill_tokenizer *tok, distill_text *path)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    TRY(distill_path_join(path, tok->dir, "chat_template.jinja"));
    if (!distill_file_exists(path->bytes))
        goto done;
    TRY(distill_file_read(&text, path->bytes, MAX_CONFIG_BYTES));
    TRY(distill_copy_string(&tok->chat_template, text.bytes, text.length));
done:
    distill_text_free(&text);
    return status;
}

/// Sets the ids at one end of a text to a token, or to none.
static distill_status set_added(distill_ids *ids, bool added, int32_t token)
{
    ids->count = 0;
    return added && token >= 0 ? distill_ids_append(ids, token) : DISTILL_OK;
}

/// The tokenizers of Llama, Gemma and Cohere replace the post-processor of tokenizer.json by what
/// add_bos_token (true if absent) and add_eos_token (false if absent) say.
/// Source  transformers 4.57, LlamaTokenizerFast.update_post_processor.
static distill_status read_added_tokens(distill_tokenizer *tok, const distill_json *doc)
{
    static const char *const CLASSES[] = {"LlamaTokenizer", "LlamaTokenizerFast", "GemmaTokenizer",
                                          "GemmaTokenizerFast", "CohereTokenizerFast"};
    distill_status status = DISTILL_OK;
    const distill_json_node *name = distill_json_present(distill_json_root(doc), "tokenizer_class");
    bool known = false;
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++)
        known = known || distill_span_is(distill_json_string(doc, name), CLASSES[i]);
    const distill_json_node *bos = distill_json_present(distill_json_root(doc), "add_bos_token");
    const distill_json_node *eos = distill_json_present(distill_json_root(doc), "add_eos_token");
    if (!known || (bos == NULL && eos == NULL))
        goto done;
    TRY(set_added(&tok->prefix, bos == NULL || distill_json_true(bos), tok->bos));
    TRY(set_added(&tok->suffix, eos != NULL && distill_json_true(eos), tok->eos));
done:
    return status;
}

distill_status tokenizer_read_config(distill_tokenizer *tok)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text path = {0};
    TRY(read_template_file(tok, &path));
    TRY(distill_path_join(&path, tok->dir, "tokenizer_config.json"));
    if (!distill_file_exists(path.bytes))
        goto done;
    TRY(distill_json_read(&doc, path.bytes, MAX_CONFIG_BYTES));
    TRY(read_template_text(tok, doc));
    TRY(read_token_text(&tok->bos_text, doc, "bos_token"));
    TRY(read_token_text(&tok->eos_text, doc, "eos_token"));
    TRY(read_token_text(&tok->pad_text, doc, "pad_token"));
    TRY(read_token_text(&tok->unk_text, doc, "unk_token"));
    if (tok->bos_text != NULL)
        tok->bos = distill_tokenizer_id(tok, tok->bos_text);
    if (tok->eos_text != NULL)
        tok->eos = distill_tokenizer_id(tok, tok->eos_text);
    TRY(read_added_tokens(tok, doc));
done:
    distill_json_free(doc);
    distill_text_free(&path);
    return status;
}
