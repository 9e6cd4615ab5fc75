// distill/text/tokenizer/train/bpe_train_write.c - the learned vocabulary as tokenizer.json and
// tokenizer_config.json.
//
// The layout, with one token or merge on a line, is that of Hugging Face's files.
#include "distill/base/json/json_writer.h"
#include "distill/text/tokenizer/train/bpe_train_parts.h"

static const char CHAT_TEMPLATE[] =
    "{%- if messages[0]['role'] == 'system' %}\n"
    "    {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}\n"
    "{%- endif %}\n"
    "{%- for message in messages %}\n"
    "    {%- if (message.role == \"user\") or (message.role == \"system\" and not loop.first) or "
    "(message.role == \"assistant\") %}\n"
    "        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' "
    "}}\n"
    "    {%- endif %}\n"
    "{%- endfor %}\n"
    "{%- if add_generation_prompt %}\n"
    "    {{- '<|im_start|>assistant\\n' }}\n"
    "{%- endif %}\n";

static distill_status add_spelling(distill_text *out, const distill_bpe_trainer *t, size_t id)
{
    const train_token *p = &t->tokens[id];
    return vocabulary_spell(out, (distill_span){t->texts.bytes + p->begin, p->length});
}

static void write_added(distill_json_writer *w, const distill_bpe_trainer *t)
{
    distill_json_begin_array(w, "added_tokens");
    for (size_t i = 0; i < BPE_TRAIN_ADDED_COUNT; i++) {
        distill_json_break_line(w, 4);
        distill_json_begin_object(w, NULL);
        distill_json_add_uint(w, "id", t->token_count + i);
        distill_json_add_string(w, "content", BPE_TRAIN_ADDED[i].content);
        distill_json_add_bool(w, "single_word", false);
        distill_json_add_bool(w, "lstrip", false);
        distill_json_add_bool(w, "rstrip", false);
        distill_json_add_bool(w, "normalized", false);
        distill_json_add_bool(w, "special", BPE_TRAIN_ADDED[i].special);
        distill_json_end_object(w);
    }
    distill_json_break_line(w, 2);
    distill_json_end_array(w);
}

static distill_status write_vocabulary(distill_json_writer *w, const distill_bpe_trainer *t)
{
    distill_status status = DISTILL_OK;
    distill_text spelled = {0};
    distill_json_begin_object(w, "vocab");
    for (size_t id = 0; id < t->token_count; id++) {
        distill_text_clear(&spelled);
        TRY(add_spelling(&spelled, t, id));
        distill_json_break_line(w, 6);
        distill_json_add_uint(w, spelled.bytes, id);
    }
    distill_json_break_line(w, 4);
    distill_json_end_object(w);
done:
    distill_text_free(&spelled);
    return status;
}

static distill_status write_merges(distill_json_writer *w, const distill_bpe_trainer *t)
{
    distill_status status = DISTILL_OK;
    distill_text spelled = {0};
    distill_json_begin_array(w, "merges");
    for (size_t i = 0; i < t->merge_count; i++) {
        distill_text_clear(&spelled);
        TRY(add_spelling(&spelled, t, t->merges[2 * i]));
        TRY(distill_text_add_char(&spelled, ' '));
        TRY(add_spelling(&spelled, t, t->merges[2 * i + 1]));
        distill_json_break_line(w, 6);
        distill_json_add_span(w, NULL, distill_text_span(&spelled));
    }
    distill_json_break_line(w, 4);
    distill_json_end_array(w);
done:
    distill_text_free(&spelled);
    return status;
}

/// Adds a member on its own line; NULL is written as null.
static void add_line(distill_json_writer *w, size_t indent, const char *key, const char *value)
{
    distill_json_break_line(w, indent);
    distill_json_add_string(w, key, value);
}

static void add_raw_line(distill_json_writer *w, const char *key, const char *json)
{
    distill_json_break_line(w, 2);
    distill_json_add_raw(w, key, distill_span_of(json));
}

static distill_status write_model(distill_json_writer *w, const distill_bpe_trainer *t)
{
    distill_status status = DISTILL_OK;
    distill_json_break_line(w, 2);
    distill_json_begin_object(w, "model");
    add_line(w, 4, "type", "BPE");
    add_line(w, 4, "dropout", NULL);
    add_line(w, 4, "unk_token", NULL);
    add_line(w, 4, "continuing_subword_prefix", "");
    add_line(w, 4, "end_of_word_suffix", "");
    distill_json_break_line(w, 4);
    distill_json_add_bool(w, "fuse_unk", false);
    distill_json_break_line(w, 4);
    distill_json_add_bool(w, "byte_fallback", false);
    distill_json_break_line(w, 4);
    TRY(write_vocabulary(w, t));
    distill_json_break_line(w, 4);
    TRY(write_merges(w, t));
    distill_json_break_line(w, 2);
    distill_json_end_object(w);
done:
    return status;
}

distill_status bpe_train_write_tokenizer(distill_text *json, const distill_bpe_trainer *t)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = json, .spaced = true};
    distill_json_begin_object(&w, NULL);
    add_line(&w, 2, "version", "1.0");
    add_line(&w, 2, "truncation", NULL);
    add_line(&w, 2, "padding", NULL);
    distill_json_break_line(&w, 2);
    write_added(&w, t);
    add_raw_line(&w, "normalizer", BPE_TRAIN_NORMALIZER);
    add_raw_line(&w, "pre_tokenizer", BPE_TRAIN_PRE_TOKENIZER);
    add_raw_line(&w, "post_processor", BPE_TRAIN_BYTE_LEVEL);
    add_raw_line(&w, "decoder", BPE_TRAIN_BYTE_LEVEL);
    TRY(write_model(&w, t));
    distill_json_break_line(&w, 0);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
done:
    return status;
}

distill_status bpe_train_write_config(distill_text *json)
{
    distill_json_writer w = {.out = json, .spaced = true};
    distill_json_begin_object(&w, NULL);
    add_line(&w, 2, "tokenizer_class", "PreTrainedTokenizerFast");
    add_line(&w, 2, "bos_token", NULL);
    add_line(&w, 2, "eos_token", "<|im_end|>");
    add_line(&w, 2, "pad_token", "<|endoftext|>");
    add_line(&w, 2, "unk_token", NULL);
    distill_json_break_line(&w, 2);
    distill_json_add_bool(&w, "clean_up_tokenization_spaces", false);
    add_line(&w, 2, "chat_template", CHAT_TEMPLATE);
    distill_json_break_line(&w, 0);
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}
