// tests/support/tiny_model.c - writes config.json, tokenizer and random weights without the code
// under test.
#include "tests/support/tiny_model.h"

#include "distill/base/file.h"
#include "distill/model/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const tiny_model TINY_QWEN2 = {"qwen2", 2, 32, 48, 4, 2, 8, 320, 512, true, false, 1, NULL};
const tiny_model TINY_QWEN3 = {"qwen3", 2, 24, 40, 4, 2, 8, 320, 512, true, false, 2, NULL};
const tiny_model TINY_LLAMA = {"llama", 2, 32, 48, 4, 1, 8, 320, 512, false, false, 3, NULL};

static void must(distill_status status)
{
    if (status == DISTILL_OK)
        return;
    fprintf(stderr, "tiny_model: %s\n", distill_error_message());
    abort();
}

void tiny_write_file(const char *dir, const char *name, const char *text)
{
    distill_text path = {0};
    must(distill_make_directory(dir));
    must(distill_path_join(&path, dir, name));
    must(distill_file_write(path.bytes, text, strlen(text)));
    distill_text_free(&path);
}

// ------------------------------------------------------------------------------------ config.json

static const char *architecture(const char *model_type)
{
    return strcmp(model_type, "qwen2") == 0   ? "Qwen2ForCausalLM"
           : strcmp(model_type, "qwen3") == 0 ? "Qwen3ForCausalLM"
           : strcmp(model_type, "llama") == 0 ? "LlamaForCausalLM"
                                              : "MistralForCausalLM";
}

void tiny_model_config(distill_text *out, const tiny_model *m)
{
    must(distill_text_printf(
        out,
        "{\"architectures\":[\"%s\"],\"model_type\":\"%s\",\"hidden_act\":\"silu\","
        "\"num_hidden_layers\":%zu,\"hidden_size\":%zu,\"intermediate_size\":%zu,"
        "\"num_attention_heads\":%zu,\"num_key_value_heads\":%zu,\"head_dim\":%zu,"
        "\"vocab_size\":%zu,\"max_position_embeddings\":%zu,\"rms_norm_eps\":1e-6,"
        "\"rope_theta\":10000.0,\"tie_word_embeddings\":%s,\"torch_dtype\":\"%s\","
        "\"bos_token_id\":%d,\"eos_token_id\":%d%s%s}\n",
        architecture(m->model_type), m->model_type, m->L, m->D, m->F, m->H, m->Hkv, m->Dh, m->V,
        m->max_positions, m->tied ? "true" : "false", m->bf16 ? "bfloat16" : "float32",
        TINY_END_OF_TEXT, TINY_IM_END, m->more_config != NULL ? "," : "",
        m->more_config != NULL ? m->more_config : ""));
}

void tiny_model_write_config(const char *path, const tiny_model *model)
{
    distill_text text = {0};
    tiny_model_config(&text, model);
    must(distill_file_write(path, text.bytes, text.length));
    distill_text_free(&text);
}

// -------------------------------------------------------------------------------------- tokenizer

/// The printable character that stands for a byte in GPT-2's vocabulary.
static unsigned stand_in(unsigned byte)
{
    unsigned next = 256;
    for (unsigned b = 0; b <= byte; b++) {
        bool printable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
        if (b == byte)
            return printable ? b : next;
        next += !printable;
    }
    return 0;
}

static void add_special(distill_text *out, int id, const char *content, const char *comma)
{
    must(distill_text_printf(out,
                             "{\"id\":%d,\"content\":\"%s\",\"single_word\":false,\"lstrip\":false,"
                             "\"rstrip\":false,\"normalized\":false,\"special\":true}%s",
                             id, content, comma));
}

static void add_tokenizer(distill_text *out)
{
    must(distill_text_add(out, "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,"
                               "\"added_tokens\":["));
    add_special(out, TINY_END_OF_TEXT, "<|endoftext|>", ",");
    add_special(out, TINY_IM_START, "<|im_start|>", ",");
    add_special(out, TINY_IM_END, "<|im_end|>", "],");
    must(distill_text_add(
        out,
        "\"normalizer\":{\"type\":\"NFC\"},\"pre_tokenizer\":{\"type\":\"Sequence\","
        "\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":"
        "\"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}| "
        "?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+\"},"
        "\"behavior\":\"Isolated\",\"invert\":false},{\"type\":\"ByteLevel\","
        "\"add_prefix_space\":false,\"trim_offsets\":false,\"use_regex\":false}]},"
        "\"post_processor\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,"
        "\"trim_offsets\":false,\"use_regex\":false},\"decoder\":{\"type\":\"ByteLevel\","
        "\"add_prefix_space\":false,\"trim_offsets\":false,\"use_regex\":false},"
        "\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,"
        "\"continuing_subword_prefix\":\"\",\"end_of_word_suffix\":\"\",\"fuse_unk\":false,"
        "\"byte_fallback\":false,\"ignore_merges\":false,\"vocab\":{"));
    for (unsigned byte = 0; byte < 256; byte++)
        must(distill_text_printf(out, "%s\"\\u%04x\":%u", byte == 0 ? "" : ",", stand_in(byte),
                                 byte));
    must(distill_text_add(out, "},\"merges\":[]}}\n"));
}

static const char TOKENIZER_CONFIG[] =
    "{\"add_bos_token\":false,\"bos_token\":null,\"eos_token\":\"<|im_end|>\","
    "\"pad_token\":\"<|im_end|>\",\"model_max_length\":512,"
    "\"tokenizer_class\":\"Qwen2Tokenizer\",\"chat_template\":"
    "\"{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + "
    "message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|im_start|>assistant\\n' }}{% endif %}\"}\n";

void tiny_model_write_tokenizer(const char *dir)
{
    distill_text text = {0};
    add_tokenizer(&text);
    tiny_write_file(dir, "tokenizer.json", text.bytes);
    tiny_write_file(dir, "tokenizer_config.json", TOKENIZER_CONFIG);
    distill_text_free(&text);
}

// ---------------------------------------------------------------------------------------- weights

typedef struct tensor_writer {
    distill_text header, data;
    uint64_t random;
    bool bf16;
} tensor_writer;

/// Approximately normal with standard deviation `scale`: the sum of four uniform numbers.
static float draw(tensor_writer *w, float scale)
{
    float sum = 0;
    for (int i = 0; i < 4; i++) {
        w->random = w->random * 6364136223846793005u + 1442695040888963407u;
        sum += (float)(w->random >> 40) / 16777216.0f - 0.5f;
    }
    return sum * 1.7320508f * scale;
}

/// `name` is a format for the layer's number.
static void add_tensor(tensor_writer *w, const char *name, size_t layer, distill_tensor_kind kind,
                       size_t rows, size_t cols)
{
    const bool matrix = kind == DISTILL_TENSOR_EMBEDDING || kind == DISTILL_TENSOR_PROJECTION;
    const float mean = kind == DISTILL_TENSOR_NORM ? 1.0f : 0.0f, scale = matrix ? 0.1f : 0.05f;
    const size_t first = w->data.length;
    for (size_t i = 0; i < rows * cols; i++) {
        float value = mean + draw(w, scale);
        uint32_t bits;
        memcpy(&bits, &value, 4);
        if (w->bf16)
            must(distill_text_append(&w->data, (const char *)&bits + 2,
                                     2)); // bf16 by truncation, not rounding
        else
            must(distill_text_append(&w->data, (const char *)&bits, 4));
    }
    must(distill_text_add(&w->header, w->header.length > 1 ? ",\"" : "\""));
    must(distill_text_printf(&w->header, name, layer));
    must(distill_text_printf(&w->header, "\":{\"dtype\":\"%s\",\"shape\":[",
                             w->bf16 ? "BF16" : "F32"));
    if (matrix)
        must(distill_text_printf(&w->header, "%zu,", rows));
    must(distill_text_printf(&w->header, "%zu],\"data_offsets\":[%zu,%zu]}", cols, first,
                             w->data.length));
}

/// Adds all tensors in the order of the table to w->header and w->data.
static void add_tensors(tensor_writer *w, const tiny_model *m)
{
    const distill_config config = {.D = m->D,
                                   .F = m->F,
                                   .H = m->H,
                                   .Hkv = m->Hkv,
                                   .Dh = m->Dh,
                                   .V = m->V,
                                   .qkv_bias = strcmp(m->model_type, "qwen2") == 0,
                                   .qk_norm = strcmp(m->model_type, "qwen3") == 0,
                                   .tied = m->tied};
    const distill_config *c = &config;
#define ADD_OUTSIDE(field, kind, present, rows, cols, hf, gguf)                                    \
    if (present)                                                                                   \
        add_tensor(w, hf, 0, DISTILL_TENSOR_##kind, rows, cols);
#define ADD_LAYER(field, kind, present, rows, cols, hf, gguf)                                      \
    if (present)                                                                                   \
        add_tensor(w, DISTILL_HF_LAYER hf, layer, DISTILL_TENSOR_##kind, rows, cols);
    DISTILL_TENSOR_TABLE(ADD_OUTSIDE, DISTILL_NO_TENSOR, DISTILL_NO_TENSOR)
    for (size_t layer = 0; layer < m->L; layer++) {
        DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, ADD_LAYER, DISTILL_NO_TENSOR)
    }
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, DISTILL_NO_TENSOR, ADD_OUTSIDE)
}

static void write_weights(const char *dir, const tiny_model *m)
{
    tensor_writer w = {.random = m->seed * 2654435761u + 12345, .bf16 = m->bf16};
    distill_text path = {0};
    distill_atomic_file *file = NULL;
    must(distill_text_add_char(&w.header, '{'));
    add_tensors(&w, m);
    must(distill_text_add_char(&w.header, '}'));
    uint64_t length = w.header.length; // written in host order: little-endian machines only
    must(distill_path_join(&path, dir, "model.safetensors"));
    must(distill_atomic_open(&file, path.bytes));
    must(distill_atomic_write(file, &length, 8));
    must(distill_atomic_write(file, w.header.bytes, w.header.length));
    must(distill_atomic_write(file, w.data.bytes, w.data.length));
    must(distill_atomic_commit(&file));
    distill_text_free(&path);
    distill_text_free(&w.header);
    distill_text_free(&w.data);
}

void tiny_model_write(const char *dir, const tiny_model *model)
{
    distill_text path = {0};
    must(distill_make_directory(dir));
    must(distill_path_join(&path, dir, "config.json"));
    tiny_model_write_config(path.bytes, model);
    tiny_model_write_tokenizer(dir);
    write_weights(dir, model);
    distill_text_free(&path);
}
