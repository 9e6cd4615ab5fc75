// tests/unit/model/test_config.c - what is read from config.json, derived, and refused by name.
#include "distill/model/config.h"
#include "tests/support/unit.h"

#include <math.h>

// A published shape (Qwen2.5-0.5B) to which a test adds members.
#define QWEN2(more)                                                                                \
    "{\"architectures\":[\"Qwen2ForCausalLM\"],\"model_type\":\"qwen2\",\"hidden_act\":\"silu\","  \
    "\"hidden_size\":896,\"intermediate_size\":4864,\"num_attention_heads\":14,"                   \
    "\"num_hidden_layers\":24,\"num_key_value_heads\":2,\"max_position_embeddings\":32768,"        \
    "\"rms_norm_eps\":1e-06,\"vocab_size\":151936" more "}"
#define LLAMA(more)                                                                                \
    "{\"model_type\":\"llama\",\"hidden_size\":64,\"intermediate_size\":128,"                      \
    "\"num_attention_heads\":4,\"num_hidden_layers\":2,\"max_position_embeddings\":4096,"          \
    "\"rms_norm_eps\":1e-05,\"vocab_size\":256" more "}"
#define MISTRAL(more)                                                                              \
    "{\"architectures\":[\"MistralForCausalLM\"],\"model_type\":\"mistral\",\"hidden_size\":64,"   \
    "\"intermediate_size\":128,\"num_attention_heads\":4,\"num_hidden_layers\":2,"                 \
    "\"max_position_embeddings\":32768,\"rms_norm_eps\":1e-05,\"vocab_size\":256" more "}"
#define QWEN3(more)                                                                                \
    "{\"model_type\":\"qwen3\",\"hidden_size\":64,\"intermediate_size\":128,"                      \
    "\"num_attention_heads\":4,\"num_hidden_layers\":4,\"max_position_embeddings\":4096,"          \
    "\"rms_norm_eps\":1e-06,\"vocab_size\":256" more "}"

static distill_status parse(distill_config *out, const char *text)
{
    return distill_config_parse(out, text, strlen(text), "config.json");
}

static void qwen2_has_biases_and_a_window_only_if_switched_on(void **state)
{
    (void)state;
    distill_config c;
    assert_ok(parse(&c, QWEN2(",\"tie_word_embeddings\":true,\"rope_theta\":1000000.0,"
                              "\"sliding_window\":32768,\"max_window_layers\":21,"
                              "\"use_sliding_window\":false,\"eos_token_id\":151643,"
                              "\"bos_token_id\":151643,\"attention_dropout\":0.0,"
                              "\"transformers_version\":\"4.40.1\",\"use_mrope\":false")));
    assert_int_equal(c.Dh, 64);
    assert_true(c.qkv_bias && !c.o_bias && !c.qk_norm && c.tied);
    assert_int_equal(c.window, 0);
    assert_true(c.rope.theta == 1e6 && c.rope.type == DISTILL_ROPE_DEFAULT);
    assert_int_equal(c.eos_count, 1);
    assert_int_equal(c.eos_ids[0], 151643);
}

static void windows_follow_the_family(void **state)
{
    (void)state;
    distill_config c;
    assert_ok(parse(&c, QWEN2(",\"use_sliding_window\":true,\"sliding_window\":4096,"
                              "\"max_window_layers\":21")));
    assert_int_equal(c.window, 4096);
    assert_int_equal(c.window_first, 21);
    assert_ok(parse(&c, MISTRAL(",\"sliding_window\":null")));
    assert_int_equal(c.window, 0);
    assert_ok(parse(&c, MISTRAL("")));
    assert_int_equal(c.window, 4096);
    assert_ok(parse(&c, QWEN3(",\"use_sliding_window\":true,\"sliding_window\":8,"
                              "\"max_window_layers\":2,\"layer_types\":[\"full_attention\","
                              "\"full_attention\",\"sliding_attention\",\"sliding_attention\"]")));
    assert_int_equal(c.window_first, 2);
    assert_fails(parse(&c, QWEN3(",\"layer_types\":[\"full_attention\",\"sliding_attention\","
                                 "\"full_attention\",\"full_attention\"]")),
                 DISTILL_UNSUPPORTED, "layer_types");
    assert_fails(parse(&c, LLAMA(",\"sliding_window\":4096")), DISTILL_UNSUPPORTED,
                 "sliding_window");
}

static void qwen3_and_llama_defaults_differ(void **state)
{
    (void)state;
    distill_config c;
    assert_ok(parse(&c, QWEN3("")));
    assert_true(c.Dh == 128 && c.qk_norm && !c.qkv_bias);
    assert_ok(parse(&c, QWEN3(",\"attention_bias\":true,\"head_dim\":16")));
    assert_true(c.Dh == 16 && c.qkv_bias && c.o_bias);
    assert_ok(parse(&c, LLAMA(",\"mlp_bias\":true,\"pretraining_tp\":2")));
    assert_true(c.Dh == 16 && c.Hkv == 4 && c.mlp_bias && !c.tied && c.rope.theta == 10000);
}

static void rope_scaling_is_read_in_old_and_new_spelling(void **state)
{
    (void)state;
    distill_config c;
    assert_ok(parse(&c, LLAMA(",\"rope_scaling\":{\"type\":\"linear\",\"factor\":4}")));
    assert_true(c.rope.type == DISTILL_ROPE_LINEAR && c.rope.factor == 4);
    assert_ok(parse(&c, LLAMA(",\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,"
                              "\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,"
                              "\"original_max_position_embeddings\":8192}")));
    assert_true(c.rope.type == DISTILL_ROPE_LLAMA3 && c.rope.original_max_positions == 8192);
    assert_ok(parse(&c, QWEN2(",\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4.0,"
                              "\"original_max_position_embeddings\":32768}")));
    assert_true(c.rope.type == DISTILL_ROPE_YARN && c.rope.beta_fast == 32 && c.rope.truncate);
    assert_true(fabs(c.rope.attention_factor - (0.1 * log(4.0) + 1)) < 1e-12);
    assert_ok(parse(&c, QWEN2(",\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":4.0,"
                              "\"mscale\":0.707,\"mscale_all_dim\":1.0}")));
    assert_true(c.rope.original_max_positions == 32768);
    assert_true(fabs(c.rope.attention_factor - (0.0707 * log(4.0) + 1) / (0.1 * log(4.0) + 1)) <
                1e-12);
    assert_ok(parse(&c, LLAMA(",\"rope_parameters\":{\"rope_type\":\"default\","
                              "\"rope_theta\":500000.0}")));
    assert_true(c.rope.type == DISTILL_ROPE_DEFAULT && c.rope.theta == 500000);
    assert_ok(parse(&c, LLAMA(",\"rope_scaling\":null,\"rope_theta\":1e4")));
    assert_ok(parse(&c, LLAMA(",\"rope_theta\":5e5,\"rope_parameters\":{\"rope_type\":\"default\","
                              "\"rope_theta\":500000.0}")));
    assert_fails(parse(&c, LLAMA(",\"rope_theta\":1e4,\"rope_parameters\":{\"rope_type\":"
                                 "\"default\",\"rope_theta\":500000.0}")),
                 DISTILL_FORMAT, "rope_parameters.rope_theta is 500000");
}

static void what_would_change_the_arithmetic_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *more, *words;
    } cases[] = {
        {",\"hidden_act\":\"gelu\"", "hidden_act"},
        {",\"attention_dropout\":0.1", "attention_dropout"},
        {",\"partial_rotary_factor\":0.5", "partial_rotary_factor"},
        {",\"num_experts\":8", "num_experts"},
        {",\"final_logit_softcapping\":30.0", "final_logit_softcapping"},
        {",\"quantization_config\":{\"quant_method\":\"awq\"}", "quantization_config"},
        {",\"auto_map\":{\"AutoModel\":\"modeling.Own\"}", "auto_map"},
        {",\"architectures\":[\"LlamaForSequenceClassification\"]", "architectures"},
        {",\"is_causal\":false", "is_causal"},
        {",\"some_new_attention\":\"ring\"", "some_new_attention"},
        {",\"some_new_scale\":0.5", "some_new_scale"},
        {",\"rope_scaling\":{\"type\":\"dynamic\",\"factor\":2.0}", "dynamic"},
        {",\"rope_scaling\":{\"rope_type\":\"longrope\",\"short_factor\":[1]}", "longrope"},
        {",\"rope_scaling\":{\"rope_type\":\"default\",\"mrope_section\":[1,2]}", "mrope_section"},
        {",\"rope_scaling\":{\"rope_type\":\"linear\",\"factor\":2,\"odd\":1}", "odd"},
        {",\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"default\"}}", "full_attention"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[2048];
        distill_config c;
        snprintf(text, sizeof text, LLAMA("%s"), cases[i].more);
        assert_fails(parse(&c, text), DISTILL_UNSUPPORTED, cases[i].words);
    }
    distill_config c;
    assert_fails(parse(&c, "{\"model_type\":\"gemma2\"}"), DISTILL_UNSUPPORTED, "gemma2");
    assert_fails(parse(&c, MISTRAL(",\"attention_bias\":true")), DISTILL_UNSUPPORTED,
                 "attention_bias");
    assert_fails(parse(&c, QWEN2(",\"mlp_bias\":true")), DISTILL_UNSUPPORTED, "mlp_bias");
}

static void keys_that_change_nothing_are_accepted(void **state)
{
    (void)state;
    distill_config c;
    assert_ok(parse(&c, LLAMA(",\"_name_or_path\":\"x\",\"torch_dtype\":\"bfloat16\","
                              "\"use_cache\":true,\"pad_token_id\":0,\"unsloth_version\":\"1\","
                              "\"output_hidden_states\":true,\"id2label\":{\"0\":\"A\"},"
                              "\"_comment\":{\"by\":[1]},\"quantization_config\":null,"
                              "\"some_new_feature\":false,\"pruned_heads\":{},"
                              "\"rope_interleaved\":false,\"num_experts\":0")));
}

static void broken_and_absurd_values_are_refused(void **state)
{
    (void)state;
    distill_config c;
    assert_fails(parse(&c, "[]"), DISTILL_FORMAT, "object");
    assert_fails(parse(&c, "{}"), DISTILL_FORMAT, "model_type");
    assert_fails(parse(&c, "{\"model_type\":\"llama\"}"), DISTILL_FORMAT, "vocab_size");
    assert_fails(parse(&c, LLAMA(",\"hidden_size\":128")), DISTILL_FORMAT, "hidden_size: this key");
    assert_fails(parse(&c, LLAMA(",\"num_key_value_heads\":3")), DISTILL_FORMAT,
                 "num_key_value_heads");
    assert_fails(parse(&c, LLAMA(",\"head_dim\":7")), DISTILL_FORMAT, "even");
    assert_fails(parse(&c, LLAMA(",\"head_dim\":1000000")), DISTILL_LIMIT, "head_dim");
    assert_fails(parse(&c, LLAMA(",\"eos_token_id\":256")), DISTILL_FORMAT, "eos_token_id");
    assert_fails(parse(&c, LLAMA(",\"eos_token_id\":\"</s>\"")), DISTILL_FORMAT, "eos_token_id");
    assert_fails(parse(&c, LLAMA(",\"rope_theta\":\"big\"")), DISTILL_FORMAT, "rope_theta");
    assert_fails(parse(&c, LLAMA(",\"rope_scaling\":\"yarn\"")), DISTILL_FORMAT, "rope_scaling");
    assert_fails(parse(&c, LLAMA(",\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8}")),
                 DISTILL_FORMAT, "low_freq_factor");
    assert_fails(parse(&c, "{\"model_type\":\"llama\",\"vocab_size\":1e12,\"hidden_size\":8}"),
                 DISTILL_LIMIT, "vocab_size");
    assert_fails(parse(&c, "{\"model_type\":\"llama\",\"vocab_size\":-1}"), DISTILL_FORMAT,
                 "vocab_size");
}

static void generation_config_adds_stop_tokens(void **state)
{
    (void)state;
    static const char MORE[] = "{\"eos_token_id\":[8,5],\"temperature\":0.7}";
    static const char OUTSIDE[] = "{\"eos_token_id\":[8,999]}";
    distill_config c;
    assert_ok(parse(&c, LLAMA(",\"eos_token_id\":8")));
    assert_ok(distill_config_add_generation(&c, MORE, strlen(MORE), "generation_config.json"));
    assert_int_equal(c.eos_count, 2);
    assert_true(c.eos_ids[0] == 8 && c.eos_ids[1] == 5);
    assert_fails(distill_config_add_generation(&c, OUTSIDE, strlen(OUTSIDE), "g.json"),
                 DISTILL_FORMAT, "g.json: eos_token_id: token 999");
}

static void every_family_names_its_architecture(void **state)
{
    (void)state;
    distill_config c;
    assert_ok(parse(&c, MISTRAL("")));
    assert_string_equal(distill_config_architecture(&c), "MistralForCausalLM");
    assert_ok(parse(&c, QWEN3("")));
    assert_string_equal(distill_config_architecture(&c), "Qwen3ForCausalLM");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qwen2_has_biases_and_a_window_only_if_switched_on),
        cmocka_unit_test(windows_follow_the_family),
        cmocka_unit_test(qwen3_and_llama_defaults_differ),
        cmocka_unit_test(rope_scaling_is_read_in_old_and_new_spelling),
        cmocka_unit_test(what_would_change_the_arithmetic_is_refused_by_name),
        cmocka_unit_test(keys_that_change_nothing_are_accepted),
        cmocka_unit_test(broken_and_absurd_values_are_refused),
        cmocka_unit_test(generation_config_adds_stop_tokens),
        cmocka_unit_test(every_family_names_its_architecture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
