// distill/model/config.c - reads config.json; the meaning of an absent key depends on the family of
// models.
#include "distill/model/config.h"

#include "distill/model/config_keys.h"
#include "distill/tensor/portable_math.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// The meaning of an absent key differs between families (the Config classes of transformers).
typedef struct family {
    const char *model_type;
    const char *architecture;
    bool qkv_bias;       // without a key for it
    bool attention_bias; // reads "attention_bias" (q, k, v and o)
    bool mlp_bias;       // reads "mlp_bias"
    bool qk_norm;
    bool layered_window; // sliding window by use_sliding_window and max_window_layers
    bool plain_window;   // sliding window on all layers
    size_t head_dim;     // 0: hidden_size / heads
} family;

static const family FAMILIES[] = {
    {"qwen2", "Qwen2ForCausalLM", .qkv_bias = true, .layered_window = true},
    {"qwen3", "Qwen3ForCausalLM", .attention_bias = true, .qk_norm = true, .layered_window = true,
     .head_dim = 128},
    {"llama", "LlamaForCausalLM", .attention_bias = true, .mlp_bias = true},
    {"mistral", "MistralForCausalLM", .plain_window = true},
};

// Limits of sizes: far beyond published models, far below overflow.
enum {
    MOST_LAYERS = 4096,
    MOST_WIDTH = 1 << 20,
    MOST_HEADS = 1 << 14,
    MOST_WORDS = 1 << 24,
    MOST_POSITIONS = 1 << 28
};

typedef struct reader {
    const distill_json *doc;
    const distill_json_node *root;
    const family *family;
    distill_config *out;
} reader;

static const char *where(const reader *r, const char *key)
{
    return distill_json_where(r->doc, r->root, key);
}

// A well-formed size beyond its limit is LIMIT, not FORMAT: the file itself is not broken.
static distill_status get_size(size_t *out, const reader *r, const char *key, size_t most)
{
    distill_status status =
        distill_json_get_size(out, r->doc, r->root, key, 1, (size_t)9007199254740992);
    if (status == DISTILL_OK && *out > most)
        return distill_fail(DISTILL_LIMIT, "%s: %zu is larger than any known model has (limit %zu)",
                            where(r, key), *out, most);
    return status;
}

static distill_status get_size_or(size_t *out, const reader *r, const char *key, size_t most,
                                  size_t otherwise)
{
    if (distill_json_present(r->root, key) != NULL)
        return get_size(out, r, key, most);
    *out = otherwise;
    return DISTILL_OK;
}

static distill_status find_family(reader *r)
{
    distill_status status = DISTILL_OK;
    distill_span type;
    TRY(distill_json_get_string(&type, r->doc, r->root, "model_type"));
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++)
        if (distill_span_is(type, FAMILIES[i].model_type))
            r->family = &FAMILIES[i];
    if (r->family == NULL)
        TRY(distill_fail(DISTILL_UNSUPPORTED,
                         "%s: \"%.*s\" is not supported; known are qwen2, qwen3, llama, mistral",
                         where(r, "model_type"), (int)(type.length > 64 ? 64 : type.length),
                         type.bytes));
    snprintf(r->out->model_type, sizeof r->out->model_type, "%s", r->family->model_type);
done:
    return status;
}

static distill_status check_architecture(const reader *r)
{
    const distill_json_node *list = distill_json_present(r->root, "architectures");
    if (list == NULL)
        return DISTILL_OK;
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY)
        return distill_fail(DISTILL_FORMAT, "%s: expected an array, found %s",
                            where(r, "architectures"), distill_json_kind_name(list));
    const distill_json_node *first = distill_json_first(list);
    if (first == NULL)
        return DISTILL_OK;
    distill_span name = distill_json_string(r->doc, first);
    if (distill_json_count(list) == 1 && distill_span_is(name, r->family->architecture))
        return DISTILL_OK;
    return distill_fail(
        DISTILL_UNSUPPORTED, "%s: expected [\"%s\"] for model_type %s, found \"%.*s\"",
        where(r, "architectures"), r->family->architecture, r->family->model_type,
        (int)(name.length > 64 ? 64 : name.length), name.bytes != NULL ? name.bytes : "");
}

static distill_status check_activation(const reader *r)
{
    const distill_json_node *act = distill_json_present(r->root, "hidden_act");
    if (act == NULL)
        return DISTILL_OK;
    distill_span name = distill_json_string(r->doc, act);
    if (distill_span_is(name, "silu") || distill_span_is(name, "swish"))
        return DISTILL_OK;
    return distill_fail(DISTILL_UNSUPPORTED, "%s: only \"silu\" is supported, found \"%.*s\"",
                        where(r, "hidden_act"), (int)(name.length > 64 ? 64 : name.length),
                        name.bytes != NULL ? name.bytes : distill_json_kind_name(act));
}

static distill_status read_shape(reader *r)
{
    distill_status status = DISTILL_OK;
    distill_config *c = r->out;
    TRY(get_size(&c->V, r, "vocab_size", MOST_WORDS));
    TRY(get_size(&c->D, r, "hidden_size", MOST_WIDTH));
    TRY(get_size(&c->F, r, "intermediate_size", MOST_WIDTH * 4));
    TRY(get_size(&c->L, r, "num_hidden_layers", MOST_LAYERS));
    TRY(get_size(&c->H, r, "num_attention_heads", MOST_HEADS));
    TRY(get_size_or(&c->Hkv, r, "num_key_value_heads", MOST_HEADS, c->H));
    TRY(get_size(&c->max_positions, r, "max_position_embeddings", MOST_POSITIONS));
    if (c->H % c->Hkv != 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: %zu query heads cannot be shared among %zu",
                         where(r, "num_key_value_heads"), c->H, c->Hkv));
    size_t width = r->family->head_dim;
    if (width == 0 && distill_json_present(r->root, "head_dim") == NULL) {
        if (c->D % c->H != 0)
            TRY(distill_fail(DISTILL_FORMAT, "%s: %zu is not a multiple of %zu attention heads",
                             where(r, "hidden_size"), c->D, c->H));
        width = c->D / c->H;
    }
    TRY(get_size_or(&c->Dh, r, "head_dim", MOST_HEADS, width));
    if (c->Dh % 2 != 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the head width must be even for rotation, found %zu",
                         where(r, "head_dim"), c->Dh));
done:
    return status;
}

static distill_status read_switches(reader *r)
{
    distill_status status = DISTILL_OK;
    distill_config *c = r->out;
    bool attention_bias = false;
    TRY(distill_json_get_number(&c->rms_eps, r->doc, r->root, "rms_norm_eps", 0, 1));
    TRY(distill_json_get_number_or(&c->initializer_range, r->doc, r->root, "initializer_range", 0,
                                   100, 0.02));
    TRY(distill_json_get_bool_or(&c->tied, r->doc, r->root, "tie_word_embeddings", false));
    TRY(distill_json_get_bool_or(&attention_bias, r->doc, r->root, "attention_bias", false));
    TRY(distill_json_get_bool_or(&c->mlp_bias, r->doc, r->root, "mlp_bias", false));
    if (c->mlp_bias && !r->family->mlp_bias)
        TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: model_type %s has no feed-forward biases",
                         where(r, "mlp_bias"), c->model_type));
    if (attention_bias && !r->family->attention_bias && !r->family->qkv_bias)
        TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: model_type %s has no attention biases",
                         where(r, "attention_bias"), c->model_type));
    c->qkv_bias = r->family->qkv_bias || attention_bias;
    c->o_bias = r->family->attention_bias && attention_bias;
    c->qk_norm = r->family->qk_norm;
done:
    return status;
}

// ------------------------------------------------------------------------------- sliding window

static distill_status read_layered_window(reader *r)
{
    distill_status status = DISTILL_OK;
    distill_config *c = r->out;
    bool use = false;
    TRY(distill_json_get_bool_or(&use, r->doc, r->root, "use_sliding_window", false));
    if (!use)
        goto done;
    if (distill_json_member(r->root, "sliding_window") != NULL &&
        distill_json_present(r->root, "sliding_window") == NULL)
        goto done; // null: no window, even with the switch on
    TRY(get_size_or(&c->window, r, "sliding_window", MOST_POSITIONS, 4096));
    TRY(distill_json_get_size_or(&c->window_first, r->doc, r->root, "max_window_layers", 0,
                                 (size_t)1 << 32, 28));
done:
    return status;
}

static distill_status read_window(reader *r)
{
    distill_config *c = r->out;
    const distill_json_node *window = distill_json_member(r->root, "sliding_window");
    bool use = false;
    c->window = 0;
    c->window_first = 0;
    if (r->family->layered_window)
        return read_layered_window(r);
    distill_status status =
        distill_json_get_bool_or(&use, r->doc, r->root, "use_sliding_window", false);
    if (status != DISTILL_OK)
        return status;
    if (r->family->plain_window) // absent is 4096, null is none (MistralConfig)
        return window != NULL && distill_json_kind_of(window) == DISTILL_JSON_NULL
                   ? DISTILL_OK
                   : get_size_or(&c->window, r, "sliding_window", MOST_POSITIONS, 4096);
    if (use || distill_json_present(r->root, "sliding_window") != NULL)
        return distill_fail(DISTILL_UNSUPPORTED, "%s: model_type %s has no sliding window",
                            where(r, use ? "use_sliding_window" : "sliding_window"), c->model_type);
    return DISTILL_OK;
}

// "layer_types" must agree with the window keys: full attention below window_first, sliding above.
static distill_status check_layer_types(reader *r)
{
    distill_config *c = r->out;
    const distill_json_node *list = distill_json_present(r->root, "layer_types");
    if (list == NULL)
        return DISTILL_OK;
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY || distill_json_count(list) != c->L)
        return distill_fail(DISTILL_FORMAT, "%s: expected an array of %zu strings",
                            where(r, "layer_types"), c->L);
    size_t layer = 0;
    for (const distill_json_node *item = distill_json_first(list); item != NULL;
         item = distill_json_next(item), layer++) {
        bool sliding = c->window != 0 && layer >= c->window_first;
        distill_span name = distill_json_string(r->doc, item);
        if (!distill_span_is(name, sliding ? "sliding_attention" : "full_attention"))
            return distill_fail(
                DISTILL_UNSUPPORTED,
                "%s: layer %zu is \"%.*s\" where sliding_window, use_sliding_window and "
                "max_window_layers make it %s attention",
                where(r, "layer_types"), layer, (int)(name.length > 64 ? 64 : name.length),
                name.bytes != NULL ? name.bytes : "", sliding ? "sliding" : "full");
    }
    return DISTILL_OK;
}

// --------------------------------------------------------------------------------------- rotary

// The types and the keys that each reads; transformers 5 moved "rope_theta" into this object.
static const struct {
    const char *name;
    distill_rope_type type;
    const char *keys[8];
} ROPE_TYPES[] = {
    {"default", DISTILL_ROPE_DEFAULT, {NULL}},
    {"linear", DISTILL_ROPE_LINEAR, {"factor"}},
    {"llama3",
     DISTILL_ROPE_LLAMA3,
     {"factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"}},
    {"yarn",
     DISTILL_ROPE_YARN,
     {"factor", "original_max_position_embeddings", "beta_fast", "beta_slow", "attention_factor",
      "mscale", "mscale_all_dim", "truncate"}},
};

static distill_status find_rope_type(size_t *row, const reader *r, const distill_json_node *scaling)
{
    distill_span name = {"default", 7};
    const distill_json_node *node = distill_json_present(scaling, "rope_type");
    const distill_json_node *old = distill_json_present(scaling, "type");
    if (node == NULL)
        node = old;
    else if (old != NULL && !distill_span_equal(distill_json_string(r->doc, old),
                                                distill_json_string(r->doc, node)))
        return distill_fail(DISTILL_UNSUPPORTED, "%s: \"type\" and \"rope_type\" disagree",
                            distill_json_where(r->doc, scaling, "rope_type"));
    if (node != NULL)
        name = distill_json_string(r->doc, node);
    for (*row = 0; *row < sizeof ROPE_TYPES / sizeof *ROPE_TYPES; ++*row)
        if (distill_span_is(name, ROPE_TYPES[*row].name))
            return DISTILL_OK;
    return distill_fail(DISTILL_UNSUPPORTED,
                        "%s: \"%.*s\" is not supported; known are default, linear, llama3, yarn",
                        distill_json_where(r->doc, scaling, "rope_type"),
                        (int)(name.length > 64 ? 64 : name.length),
                        name.bytes != NULL ? name.bytes : "");
}

static distill_status check_rope_keys(const reader *r, const distill_json_node *scaling, size_t row)
{
    for (const distill_json_node *member = distill_json_first(scaling); member != NULL;
         member = distill_json_next(member)) {
        const char *key = distill_json_key(member);
        bool known = distill_json_kind_of(member) == DISTILL_JSON_NULL ||
                     strcmp(key, "type") == 0 || strcmp(key, "rope_type") == 0 ||
                     strcmp(key, "rope_theta") == 0 || strcmp(key, "finetuned") == 0 ||
                     (strcmp(key, "partial_rotary_factor") == 0 &&
                      distill_json_kind_of(member) == DISTILL_JSON_NUMBER &&
                      distill_json_number(member) == 1);
        for (size_t i = 0; i < 8 && ROPE_TYPES[row].keys[i] != NULL; i++)
            known = known || strcmp(key, ROPE_TYPES[row].keys[i]) == 0;
        if (!known)
            return distill_fail(DISTILL_UNSUPPORTED,
                                "%s: this key of rope type %s is unknown and could change "
                                "the arithmetic",
                                distill_json_where(r->doc, scaling, key), ROPE_TYPES[row].name);
    }
    return DISTILL_OK;
}

static double yarn_mscale(double factor, double weight)
{
    return factor > 1 ? 0.1 * weight * portable_log(factor) + 1 : 1;
}

// Source  Peng et al. 2023, arXiv:2309.00071; attention_factor as in transformers, where mscale and
// mscale_all_dim (DeepSeek) give a quotient.
static distill_status read_yarn(reader *r, const distill_json_node *s)
{
    distill_status status = DISTILL_OK;
    distill_rope_config *rope = &r->out->rope;
    double one = 0, all_dim = 0, given = 0;
    TRY(distill_json_get_number_or(&rope->original_max_positions, r->doc, s,
                                   "original_max_position_embeddings", 1, 1e9,
                                   (double)r->out->max_positions));
    TRY(distill_json_get_number_or(&rope->beta_fast, r->doc, s, "beta_fast", 0, 1e6, 32));
    TRY(distill_json_get_number_or(&rope->beta_slow, r->doc, s, "beta_slow", 0, 1e6, 1));
    TRY(distill_json_get_number_or(&one, r->doc, s, "mscale", 0, 1e3, 0));
    TRY(distill_json_get_number_or(&all_dim, r->doc, s, "mscale_all_dim", 0, 1e3, 0));
    TRY(distill_json_get_number_or(&given, r->doc, s, "attention_factor", 1e-6, 1e6, -1));
    TRY(distill_json_get_bool_or(&rope->truncate, r->doc, s, "truncate", true));
    if (rope->beta_fast == 0)
        rope->beta_fast = 32;
    if (rope->beta_slow == 0)
        rope->beta_slow = 1;
    if (given > 0)
        rope->attention_factor = given;
    else if (one > 0 && all_dim > 0)
        rope->attention_factor =
            yarn_mscale(rope->factor, one) / yarn_mscale(rope->factor, all_dim);
    else
        rope->attention_factor = yarn_mscale(rope->factor, 1);
done:
    return status;
}

static distill_status read_llama3(reader *r, const distill_json_node *s)
{
    distill_status status = DISTILL_OK;
    distill_rope_config *rope = &r->out->rope;
    TRY(distill_json_get_number(&rope->low_freq_factor, r->doc, s, "low_freq_factor", 1e-6, 1e6));
    TRY(distill_json_get_number(&rope->high_freq_factor, r->doc, s, "high_freq_factor", 1e-6, 1e6));
    TRY(distill_json_get_number(&rope->original_max_positions, r->doc, s,
                                "original_max_position_embeddings", 1, 1e9));
    if (rope->low_freq_factor >= rope->high_freq_factor)
        TRY(distill_fail(DISTILL_FORMAT, "%s: must be larger than low_freq_factor",
                         distill_json_where(r->doc, s, "high_freq_factor")));
done:
    return status;
}

static distill_status read_scaling(reader *r, const distill_json_node *s)
{
    distill_status status = DISTILL_OK;
    size_t row = 0;
    if (distill_json_kind_of(s) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an object, found %s",
                         distill_json_where(r->doc, s, NULL), distill_json_kind_name(s)));
    TRY(find_rope_type(&row, r, s));
    TRY(check_rope_keys(r, s, row));
    r->out->rope.type = ROPE_TYPES[row].type;
    if (r->out->rope.type == DISTILL_ROPE_DEFAULT)
        goto done;
    TRY(distill_json_get_number(&r->out->rope.factor, r->doc, s, "factor", 1, 1e6));
    if (r->out->rope.type == DISTILL_ROPE_LLAMA3)
        TRY(read_llama3(r, s));
    if (r->out->rope.type == DISTILL_ROPE_YARN)
        TRY(read_yarn(r, s));
done:
    return status;
}

// Before transformers 5: "rope_theta" and "rope_scaling"; since then both in "rope_parameters".
static distill_status read_rope(reader *r)
{
    distill_status status = DISTILL_OK;
    distill_rope_config *rope = &r->out->rope;
    const distill_json_node *parameters = distill_json_present(r->root, "rope_parameters");
    const distill_json_node *scaling = distill_json_present(r->root, "rope_scaling");
    *rope = (distill_rope_config){.theta = 10000, .factor = 1, .attention_factor = 1};
    if (parameters != NULL && distill_json_kind_of(parameters) == DISTILL_JSON_OBJECT)
        TRY(distill_json_get_number_or(&rope->theta, r->doc, parameters, "rope_theta", 1e-3, 1e12,
                                       rope->theta));
    double inner = rope->theta;
    TRY(distill_json_get_number_or(&rope->theta, r->doc, r->root, "rope_theta", 1e-3, 1e12,
                                   rope->theta));
    if (distill_json_present(parameters, "rope_theta") != NULL && rope->theta != inner)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s is %g, but rope_parameters.rope_theta is %g; remove the wrong one "
                         "(transformers 5 reads rope_parameters)",
                         where(r, "rope_theta"), rope->theta, inner));
    if (distill_json_kind_of(scaling) == DISTILL_JSON_OBJECT && distill_json_count(scaling) == 0)
        scaling = NULL; // {} means the same as null
    if (parameters != NULL)
        TRY(read_scaling(r, parameters));
    if (scaling != NULL)
        TRY(read_scaling(r, scaling));
    if (rope->theta <= 1)
        TRY(distill_fail(DISTILL_FORMAT, "%s: must be larger than 1", where(r, "rope_theta")));
done:
    return status;
}

// ------------------------------------------------------------------------------------ stop ids

static distill_status add_stop_id(distill_config *c, const reader *r, const distill_json_node *node,
                                  const char *key)
{
    double id = distill_json_number(node);
    if (distill_json_kind_of(node) != DISTILL_JSON_NUMBER || id != floor(id) || id > INT32_MAX)
        return distill_fail(DISTILL_FORMAT, "%s: expected a token id or an array of them",
                            where(r, key));
    if (id < 0)
        return DISTILL_OK; // -1: none
    if (id >= (double)c->V)
        return distill_fail(DISTILL_FORMAT, "%s: token %.0f is outside the vocabulary of %zu",
                            where(r, key), id, c->V);
    for (size_t i = 0; i < c->eos_count; i++)
        if (c->eos_ids[i] == (int32_t)id)
            return DISTILL_OK;
    if (c->eos_count == DISTILL_MAX_STOP_IDS)
        return distill_fail(DISTILL_LIMIT, "%s: more than %d stop tokens", where(r, key),
                            DISTILL_MAX_STOP_IDS);
    c->eos_ids[c->eos_count++] = (int32_t)id;
    return DISTILL_OK;
}

static distill_status read_stop_ids(reader *r)
{
    distill_status status = DISTILL_OK;
    distill_config *c = r->out;
    const distill_json_node *eos = distill_json_present(r->root, "eos_token_id");
    const distill_json_node *bos = distill_json_present(r->root, "bos_token_id");
    if (distill_json_kind_of(eos) == DISTILL_JSON_ARRAY)
        for (const distill_json_node *id = distill_json_first(eos); id != NULL;
             id = distill_json_next(id))
            TRY(add_stop_id(c, r, id, "eos_token_id"));
    else if (eos != NULL)
        TRY(add_stop_id(c, r, eos, "eos_token_id"));
    double id = distill_json_number(bos);
    if (distill_json_kind_of(bos) == DISTILL_JSON_NUMBER && id >= 0 && id < (double)c->V)
        c->bos_id = (int32_t)id;
done:
    return status;
}

// Metadata: any other type is ignored.
static void read_torch_dtype(reader *r)
{
    const distill_json_node *node = distill_json_present(r->root, "torch_dtype");
    if (node == NULL)
        node = distill_json_present(r->root, "dtype"); // transformers 5
    distill_span name = distill_json_string(r->doc, node);
    if (distill_span_is(name, "float32") || distill_span_is(name, "bfloat16") ||
        distill_span_is(name, "float16"))
        snprintf(r->out->torch_dtype, sizeof r->out->torch_dtype, "%s", name.bytes);
}

// ---------------------------------------------------------------------------------- entry points

static distill_status parse_root(reader *r)
{
    distill_status status = DISTILL_OK;
    if (distill_json_kind_of(r->root) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an object, found %s", where(r, NULL),
                         distill_json_kind_name(r->root)));
    TRY(find_family(r));
    TRY(config_keys_check(r->doc, r->root));
    TRY(check_architecture(r));
    TRY(check_activation(r));
    TRY(read_shape(r));
    TRY(read_switches(r));
    TRY(read_window(r));
    TRY(check_layer_types(r));
    TRY(read_rope(r));
    TRY(read_stop_ids(r));
    read_torch_dtype(r);
done:
    return status;
}

distill_status distill_config_parse(distill_config *out, const char *bytes, size_t length,
                                    const char *name)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    *out = (distill_config){.bos_id = -1};
    TRY(distill_json_parse(&doc, bytes, length, name));
    reader r = {.doc = doc, .root = distill_json_root(doc), .out = out};
    TRY(parse_root(&r));
done:
    distill_json_free(doc);
    return status;
}

distill_status distill_config_add_generation(distill_config *out, const char *bytes, size_t length,
                                             const char *name)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(distill_json_parse(&doc, bytes, length, name));
    reader r = {.doc = doc, .root = distill_json_root(doc), .out = out};
    TRY(read_stop_ids(&r));
done:
    distill_json_free(doc);
    return status;
}

const char *distill_config_architecture(const distill_config *config)
{
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++)
        if (strcmp(FAMILIES[i].model_type, config->model_type) == 0)
            return FAMILIES[i].architecture;
    return NULL;
}
