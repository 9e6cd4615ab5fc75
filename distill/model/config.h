// distill/model/config.h - one description of the decoder, read from the text of a config.json.
//
// Letters (everywhere in the tree): B sequences, T positions, N rows, L layers, D width, F
// feed-forward, H query heads, Hkv key/value heads, Dh head width, V vocabulary (rows of the
// embedding).
#ifndef DISTILL_MODEL_CONFIG_H
#define DISTILL_MODEL_CONFIG_H

#include "distill/base/json/json_reader.h"
#include "distill/tensor/rope.h"

enum { DISTILL_MAX_STOP_IDS = 16 };

typedef struct distill_config {
    char model_type[16]; // "qwen2", "qwen3", "llama", "mistral"
    size_t L, D, F, H, Hkv, Dh, V;
    size_t max_positions;
    double rms_eps;
    bool qkv_bias, o_bias, mlp_bias, qk_norm, tied;
    size_t window;       // sliding window in tokens, 0 = none
    size_t window_first; // first layer that has it (Qwen2: max_window_layers; Mistral: 0)
    distill_rope_config rope;
    int32_t bos_id; // -1 = none
    int32_t eos_ids[DISTILL_MAX_STOP_IDS];
    size_t eos_count;
    double initializer_range;
    char torch_dtype[12]; // "float32", "bfloat16", "float16" of the stored weights; "" = unknown
} distill_config;

/// Reads the text of a config.json; `name` is used in messages.
/// Errors  UNSUPPORTED, naming the key, for anything that would change the arithmetic and is not
///         supported; FORMAT for missing keys, wrong types and shapes that do not fit together;
///         LIMIT for sizes beyond those of any known model.
distill_status distill_config_parse(distill_config *out, const char *bytes, size_t length,
                                    const char *name) DISTILL_MUST_CHECK;
/// Adds the stop tokens of a generation_config.json, which often lists one more than config.json
/// (Qwen2.5: <|im_end|> and <|endoftext|>).
distill_status distill_config_add_generation(distill_config *out, const char *bytes, size_t length,
                                             const char *name) DISTILL_MUST_CHECK;
/// The entry of "architectures" that belongs to the model_type, "Qwen2ForCausalLM" for example.
const char *distill_config_architecture(const distill_config *config);

#endif
