// distill/model/config_keys.c - the lists of keys, and the rule that applies them.
#include "distill/model/config_keys.h"
#include "distill/base/json/json_writer.h"

#include <string.h>

// 1. Read by config.c.
static const char *const READ_KEYS[] = {
    "architectures",
    "attention_bias",
    "bos_token_id",
    "eos_token_id",
    "head_dim",
    "hidden_act",
    "hidden_size",
    "initializer_range",
    "intermediate_size",
    "layer_types",
    "max_position_embeddings",
    "max_window_layers",
    "mlp_bias",
    "model_type",
    "num_attention_heads",
    "num_hidden_layers",
    "num_key_value_heads",
    "rms_norm_eps",
    "rope_parameters",
    "rope_scaling",
    "rope_theta",
    "sliding_window",
    "tie_word_embeddings",
    "use_sliding_window",
    "vocab_size",
};

// 2. Accepted only with the value given here, or null.
typedef enum off_value { OFF_ZERO, OFF_ONE, OFF_FALSE, OFF_TRUE } off_value;
static const struct {
    const char *key;
    off_value off;
} GUARDED_KEYS[] = {
    {"attention_dropout", OFF_ZERO},
    {"attn_pdrop", OFF_ZERO},
    {"embd_pdrop", OFF_ZERO},
    {"hidden_dropout", OFF_ZERO},
    {"resid_pdrop", OFF_ZERO},
    {"classifier_dropout", OFF_ZERO},
    {"chunk_size_feed_forward", OFF_ZERO},
    {"num_experts", OFF_ZERO},
    {"num_local_experts", OFF_ZERO},
    {"n_routed_experts", OFF_ZERO},
    {"num_nextn_predict_layers", OFF_ZERO},
    {"attn_logit_softcapping", OFF_ZERO},
    {"final_logit_softcapping", OFF_ZERO},
    {"partial_rotary_factor", OFF_ONE},
    {"rotary_pct", OFF_ONE},
    {"logit_scale", OFF_ONE},
    {"logits_scaling", OFF_ONE},
    {"embedding_multiplier", OFF_ONE},
    {"residual_multiplier", OFF_ONE},
    {"attention_multiplier", OFF_ONE},
    {"scale_emb", OFF_ONE},
    {"scale_depth", OFF_ONE},
    {"is_encoder_decoder", OFF_FALSE},
    {"add_cross_attention", OFF_FALSE},
    {"use_mrope", OFF_FALSE},
    {"rope_interleaved", OFF_FALSE},
    {"qk_layer_norms", OFF_FALSE},
    {"is_causal", OFF_TRUE},
    {"causal", OFF_TRUE},
    {"use_rope", OFF_TRUE},
};

// 3. Metadata, and settings of sampling, of training programs and of other loaders.
static const char *const HARMLESS_KEYS[] = {
    "bad_words_ids",
    "base_model_tp_plan",
    "begin_suppress_tokens",
    "bos_token",
    "cache_implementation",
    "chat_template",
    "diversity_penalty",
    "do_sample",
    "dtype",
    "early_stopping",
    "encoder_no_repeat_ngram_size",
    "eos_token",
    "exponential_decay_length_penalty",
    "finetuning_task",
    "gradient_checkpointing",
    "id2label",
    "is_decoder",
    "is_llama_config",
    "keys_to_ignore_at_inference",
    "label2id",
    "length_penalty",
    "license",
    "max_length",
    "max_new_tokens",
    "max_sequence_length",
    "min_length",
    "model_max_length",
    "model_name",
    "name_or_path",
    "no_repeat_ngram_size",
    "num_beam_groups",
    "num_beams",
    "num_labels",
    "num_return_sequences",
    "pad_token",
    "prefix",
    "pretraining_tp",
    "problem_type",
    "remove_invalid_values",
    "repetition_penalty",
    "return_dict",
    "return_dict_in_generate",
    "suppress_tokens",
    "task_specific_params",
    "temperature",
    "tf_legacy_loss",
    "tie_encoder_decoder",
    "tokenizer_class",
    "tokenizer_name",
    "top_k",
    "top_p",
    "torch_dtype",
    "torchscript",
    "transformers.js_config",
    "typical_p",
    "unsloth_fixed",
    "use_bfloat16",
    "use_cache",
    "use_flash_attn",
    "use_flash_attention",
    "attn_implementation",
};

static bool ends_with(const char *key, const char *end)
{
    size_t k = strlen(key), e = strlen(end);
    return k >= e && strcmp(key + k - e, end) == 0;
}

static bool in_list(const char *key, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(key, list[i]) == 0)
            return true;
    return false;
}

// "_name_or_path", "transformers_version", "pad_token_id", "output_hidden_states".
static bool is_harmless(const char *key)
{
    return key[0] == '_' || ends_with(key, "_version") || ends_with(key, "_token_id") ||
           strncmp(key, "output_", 7) == 0 ||
           in_list(key, HARMLESS_KEYS, sizeof HARMLESS_KEYS / sizeof *HARMLESS_KEYS);
}

static bool is_absent_value(const distill_json *doc, const distill_json_node *node)
{
    switch (distill_json_kind_of(node)) {
    case DISTILL_JSON_NULL:
        return true;
    case DISTILL_JSON_BOOL:
        return !distill_json_true(node);
    case DISTILL_JSON_STRING:
        return distill_json_string(doc, node).length == 0;
    case DISTILL_JSON_ARRAY:
    case DISTILL_JSON_OBJECT:
        return distill_json_count(node) == 0;
    default:
        return false;
    }
}

static bool has_off_value(const distill_json_node *node, off_value off)
{
    distill_json_kind kind = distill_json_kind_of(node);
    if (kind == DISTILL_JSON_NULL)
        return true;
    if (off == OFF_FALSE || off == OFF_TRUE)
        return kind == DISTILL_JSON_BOOL && distill_json_true(node) == (off == OFF_TRUE);
    return kind == DISTILL_JSON_NUMBER && distill_json_number(node) == (off == OFF_ONE ? 1 : 0);
}

static distill_status refuse(const distill_json *doc, const distill_json_node *root,
                             const distill_json_node *member, const char *fix)
{
    distill_status status = DISTILL_OK;
    distill_text value = {.limit = 1 << 24};
    TRY(distill_json_write_node(&value, doc, member));
    if (value.length > 80) {
        value.length = 80;
        value.bytes[80] = '\0';
    }
    TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: the value %s %s",
                     distill_json_where(doc, root, distill_json_key(member)), value.bytes, fix));
done:
    distill_text_free(&value);
    return status;
}

static distill_status check_key(const distill_json *doc, const distill_json_node *root,
                                const distill_json_node *member)
{
    const char *key = distill_json_key(member);
    if (in_list(key, READ_KEYS, sizeof READ_KEYS / sizeof *READ_KEYS))
        return DISTILL_OK;
    for (size_t i = 0; i < sizeof GUARDED_KEYS / sizeof *GUARDED_KEYS; i++)
        if (strcmp(key, GUARDED_KEYS[i].key) == 0)
            return has_off_value(member, GUARDED_KEYS[i].off)
                       ? DISTILL_OK
                       : refuse(doc, root, member,
                                "changes the arithmetic and is not supported here");
    if (is_harmless(key) || is_absent_value(doc, member))
        return DISTILL_OK;
    return refuse(doc, root, member,
                  "is unknown and could change the arithmetic (if the key is only a comment, "
                  "remove it or let its name begin with \"_\")");
}

// Which of two equal keys counts differs between readers.
static distill_status check_unique(const distill_json *doc, const distill_json_node *root)
{
    enum { MOST_KEYS = 1000 };
    if (distill_json_count(root) > MOST_KEYS)
        return distill_fail(DISTILL_LIMIT, "%s: more than %d keys",
                            distill_json_where(doc, root, NULL), MOST_KEYS);
    for (const distill_json_node *a = distill_json_first(root); a != NULL; a = distill_json_next(a))
        for (const distill_json_node *b = distill_json_next(a); b != NULL; b = distill_json_next(b))
            if (strcmp(distill_json_key(a), distill_json_key(b)) == 0)
                return distill_fail(DISTILL_FORMAT, "%s: this key occurs twice",
                                    distill_json_where(doc, root, distill_json_key(a)));
    return DISTILL_OK;
}

distill_status config_keys_check(const distill_json *doc, const distill_json_node *root)
{
    distill_status status = DISTILL_OK;
    TRY(check_unique(doc, root));
    for (const distill_json_node *member = distill_json_first(root); member != NULL;
         member = distill_json_next(member))
        TRY(check_key(doc, root, member));
done:
    return status;
}
