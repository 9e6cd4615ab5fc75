// distill/model/tensor_table.h - every tensor of the decoder, named once.
//
//     #define FLOATS(field, kind, present, rows, cols, ...) + ((present) ? FLOATS_##kind(cols) : 0)
//     #define FLOATS_NORM(cols) (cols)
//     #define FLOATS_BIAS(cols) (cols)
//     #define FLOATS_PROJECTION(cols) 0
//     // floats of a layer's vectors; `c` is the distill_config
//     size_t floats = DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, FLOATS, DISTILL_NO_TENSOR);
//
// Everything that holds, initialises, trains, reads, writes or describes a model's tensors expands
// this table: the layout of the parameters, both decoders, checkpoints, the tests' tiny model and
// the random models of bench/perf. Its order is the order of the forward pass and of the
// parameters in memory: a row that moves changes the random weights of a seed.
#ifndef DISTILL_MODEL_TENSOR_TABLE_H
#define DISTILL_MODEL_TENSOR_TABLE_H

// X(kind, matrix, decay, lora_target)
//   matrix       two dimensions, (rows, cols) row-major: cols inputs, rows outputs; else a vector
//                of cols elements, and rows is 1
//   decay        weight decay applies
//   lora_target  may carry a low-rank adapter
// clang-format off
//    kind        matrix  decay   lora_target
#define DISTILL_TENSOR_KINDS(X)                                                                    \
    X(EMBEDDING,  true,   true,   false) /* a row a token; also the head */                        \
    X(PROJECTION, true,   true,   true)                                                            \
    X(NORM,       false,  false,  false) /* 1 at the start of training */                          \
    X(BIAS,       false,  false,  false) /* 0 at the start of training */

// A row is INPUT(…) before the layers, LAYER(…) in each of them, OUTPUT(…) after them:
//   field    name of the tensor in structs
//   kind     see above
//   present  whether the model has the tensor: an expression of the configuration `c`
//   rows, cols
//   hf       name in Hugging Face checkpoints; of a layer's tensor behind DISTILL_HF_LAYER
//   gguf     name in GGUF files;               of a layer's tensor behind DISTILL_GGUF_LAYER
//         field       kind        present      rows            cols            hf                                 gguf
#define DISTILL_TENSOR_TABLE(INPUT, LAYER, OUTPUT)                                                                                       \
    INPUT( embed,      EMBEDDING,  true,        c->V,           c->D,           "model.embed_tokens.weight",       "token_embd.weight")  \
    LAYER( attn_norm,  NORM,       true,        1,              c->D,           "input_layernorm.weight",          "attn_norm.weight")   \
    LAYER( wq,         PROJECTION, true,        c->H * c->Dh,   c->D,           "self_attn.q_proj.weight",         "attn_q.weight")      \
    LAYER( bq,         BIAS,       c->qkv_bias, 1,              c->H * c->Dh,   "self_attn.q_proj.bias",           "attn_q.bias")        \
    LAYER( wk,         PROJECTION, true,        c->Hkv * c->Dh, c->D,           "self_attn.k_proj.weight",         "attn_k.weight")      \
    LAYER( bk,         BIAS,       c->qkv_bias, 1,              c->Hkv * c->Dh, "self_attn.k_proj.bias",           "attn_k.bias")        \
    LAYER( wv,         PROJECTION, true,        c->Hkv * c->Dh, c->D,           "self_attn.v_proj.weight",         "attn_v.weight")      \
    LAYER( bv,         BIAS,       c->qkv_bias, 1,              c->Hkv * c->Dh, "self_attn.v_proj.bias",           "attn_v.bias")        \
    LAYER( q_norm,     NORM,       c->qk_norm,  1,              c->Dh,          "self_attn.q_norm.weight",         "attn_q_norm.weight") \
    LAYER( k_norm,     NORM,       c->qk_norm,  1,              c->Dh,          "self_attn.k_norm.weight",         "attn_k_norm.weight") \
    LAYER( wo,         PROJECTION, true,        c->D,           c->H * c->Dh,   "self_attn.o_proj.weight",         "attn_output.weight") \
    LAYER( bo,         BIAS,       c->o_bias,   1,              c->D,           "self_attn.o_proj.bias",           "attn_output.bias")   \
    LAYER( mlp_norm,   NORM,       true,        1,              c->D,           "post_attention_layernorm.weight", "ffn_norm.weight")    \
    LAYER( w_gate,     PROJECTION, true,        c->F,           c->D,           "mlp.gate_proj.weight",            "ffn_gate.weight")    \
    LAYER( b_gate,     BIAS,       c->mlp_bias, 1,              c->F,           "mlp.gate_proj.bias",              "ffn_gate.bias")      \
    LAYER( w_up,       PROJECTION, true,        c->F,           c->D,           "mlp.up_proj.weight",              "ffn_up.weight")      \
    LAYER( b_up,       BIAS,       c->mlp_bias, 1,              c->F,           "mlp.up_proj.bias",                "ffn_up.bias")        \
    LAYER( w_down,     PROJECTION, true,        c->D,           c->F,           "mlp.down_proj.weight",            "ffn_down.weight")    \
    LAYER( b_down,     BIAS,       c->mlp_bias, 1,              c->D,           "mlp.down_proj.bias",              "ffn_down.bias")      \
    OUTPUT(final_norm, NORM,       true,        1,              c->D,           "model.norm.weight",               "output_norm.weight") \
    OUTPUT(lm_head,    EMBEDDING,  !c->tied,    c->V,           c->D,           "lm_head.weight",                  "output.weight")
// clang-format on

/// Of layer %zu.
#define DISTILL_HF_LAYER "model.layers.%zu."
#define DISTILL_GGUF_LAYER "blk.%zu."

/// For the parts of the table that an expansion leaves out.
#define DISTILL_NO_TENSOR(...)

#endif
