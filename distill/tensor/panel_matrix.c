// distill/tensor/panel_matrix.c - lays rows of a checkpoint's weights side by side in panels, on
// all threads.
//
// A piece of each of a panel's 16 rows is converted to the panel's type in words of four bytes (1,
// 2 or 4 k), then the 16 pieces are interleaved. Rows of bfloat16 that stay bfloat16 are
// interleaved from where they are. At no time is there a float32 copy of the weights.
#include "distill/tensor/panel_matrix.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"
#include "distill/tensor/cpu/vector_extensions.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { PIECE = 1024, INT8_MOST_K = 1 << 16 }; // k converted at a time

static const struct {
    const char *name;
    size_t per_word; // weights in four bytes
} TYPES[] = {[DISTILL_WEIGHTS_BF16] = {"bf16", 2},
             [DISTILL_WEIGHTS_FP32] = {"fp32", 1},
             [DISTILL_WEIGHTS_INT8] = {"int8", 4}};

const char *distill_weights_name(distill_weights weights)
{
    return TYPES[weights].name;
}

bool distill_weights_find(distill_weights *out, const char *name)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (strcmp(TYPES[i].name, name) == 0) {
            *out = (distill_weights)i;
            return true;
        }
    return false;
}

static size_t bytes_of_panel(size_t K, distill_weights type)
{
    return (K + TYPES[type].per_word - 1) / TYPES[type].per_word * PANEL_LINE;
}

size_t distill_panel_matrix_bytes(size_t outputs, size_t K, distill_weights type)
{
    size_t panels = (outputs + PANEL_WIDTH - 1) / PANEL_WIDTH;
    return panels * (bytes_of_panel(K, type) + 2 * PANEL_WIDTH * sizeof(float));
}

void distill_panel_source_read(float *out, const distill_panel_source *source, size_t first,
                               size_t count)
{
    const char *weight = source->weight;
    distill_dtype_widen(out, weight + first * distill_dtype_bytes(source->dtype), source->dtype,
                        count);
}

typedef struct panel_job {
    distill_panel_matrix *matrix;
    const distill_panel_source *sources;
    size_t count;
    uint8_t flip;            // int8_flip of the kernels
    atomic_size_t first_bad; // source << 48 | row * K + k of the first weight that is not finite
} panel_job;

/// The row of a source that is stored in a lane of a panel.
typedef struct source_row {
    const distill_panel_source *source; // NULL: a row of zeros
    size_t row;
    float inverse; // 1 / the step of int8
} source_row;

/// The row for lane `slot`, counted through all panels.
static source_row find_row(const panel_job *job, size_t slot)
{
    const distill_panel_matrix *m = job->matrix;
    if (m->form.paired) {
        size_t panel = slot / PANEL_WIDTH, row = panel / 2 * PANEL_WIDTH + slot % PANEL_WIDTH;
        const distill_panel_source *source = &job->sources[panel % 2];
        return (source_row){row < source->rows ? source : NULL, row, 0};
    }
    for (size_t i = 0; i < job->count; slot -= job->sources[i++].rows)
        if (slot < job->sources[i].rows)
            return (source_row){&job->sources[i], slot, 0};
    return (source_row){0};
}

static void record_bad(panel_job *job, const source_row *row, size_t k)
{
    size_t place = (size_t)(row->source - job->sources) << 48 | (row->row * job->matrix->K + k);
    size_t known = atomic_load(&job->first_bad);
    while (place < known && !atomic_compare_exchange_weak(&job->first_bad, &known, place))
        continue;
}

/// Weights k … k+n-1 of a row as float32.
static void read_row(float *out, panel_job *job, const source_row *row, size_t k, size_t n)
{
    size_t first = row->row * job->matrix->K + k;
    if (row->source == NULL)
        memset(out, 0, n * sizeof *out);
    else
        distill_panel_source_read(out, row->source, first, n);
}

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// The bits of the largest absolute value, which order as the values do; NaN and infinities are
/// above all others.
static uint32_t largest(const float *values, size_t n)
{
    uint32_t most = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = bits_of(values[i]) & 0x7fffffff;
        most = bits > most ? bits : most;
    }
    return most;
}

/// Two float32 to bfloat16, to nearest even.
static void to_bf16(uint32_t *restrict words, const float *restrict values, size_t word_count)
{
    for (size_t i = 0; i < word_count; i++) {
        uint32_t low = bits_of(values[2 * i]), high = bits_of(values[2 * i + 1]);
        low += 0x7fff + (low >> 16 & 1);
        high += 0x7fff + (high >> 16 & 1);
        words[i] = low >> 16 | (high & 0xffff0000);
    }
}

/// Four float32 to codes -127 … 127; adding 1.5 2^23 rounds to nearest even.
static void to_int8(uint32_t *restrict words, const float *restrict values, size_t word_count,
                    float inverse, uint32_t flip)
{
    const float magic = 12582912.0f;
    for (size_t i = 0; i < word_count; i++) {
        uint32_t word = 0;
        for (size_t j = 0; j < 4; j++)
            word |= (bits_of(values[4 * i + j] * inverse + magic) & 0xff) << 8 * j;
        words[i] = word ^ flip;
    }
}

/// Words of n values of one row, which are followed by zeros up to a whole word.
static void to_words(uint32_t *words, const panel_job *job, const source_row *row,
                     const float *values, size_t n)
{
    distill_weights type = job->matrix->form.type;
    size_t count = (n + TYPES[type].per_word - 1) / TYPES[type].per_word;
    if (type == DISTILL_WEIGHTS_FP32)
        memcpy(words, values, n * sizeof *values);
    else if (type == DISTILL_WEIGHTS_BF16)
        to_bf16(words, values, count);
    else
        to_int8(words, values, count, row->inverse, job->flip * UINT32_C(0x01010101));
}

/// Steps of int8, from each row's largest weight.
static void find_steps(panel_job *job, source_row rows[PANEL_WIDTH], size_t slot)
{
    float values[PIECE];
    for (size_t j = 0; j < PANEL_WIDTH; j++) {
        uint32_t most = 0;
        float magnitude;
        for (size_t k = 0; k < job->matrix->K; k += PIECE) {
            size_t n = job->matrix->K - k < PIECE ? job->matrix->K - k : PIECE;
            read_row(values, job, &rows[j], k, n);
            uint32_t here = largest(values, n);
            most = here > most ? here : most;
        }
        memcpy(&magnitude, &most, sizeof magnitude);
        job->matrix->scales[slot + j] = magnitude / 127;
        rows[j].inverse = magnitude > 1e-30f ? 127 / magnitude : 0;
    }
}

/// True if all n bfloat16 values, at any alignment, are finite.
static bool are_finite(const char *bytes, size_t n)
{
    typedef uint16_t unaligned __attribute__((aligned(1), may_alias));
    const unaligned *values = (const unaligned *)bytes;
    uint16_t bad = 0;
    for (size_t i = 0; i < n; i++)
        bad |= (values[i] & 0x7f80) == 0x7f80 ? 0xffff : 0;
    return bad == 0;
}

/// Weights k … k+n-1 of a row as words, padded with zeros to a whole word: in `words`, or in the
/// source itself where it holds them already.
static const char *convert_piece(uint32_t *words, panel_job *job, const source_row *row, size_t k,
                                 size_t n)
{
    float values[PIECE];
    bool bf16 = job->matrix->form.type == DISTILL_WEIGHTS_BF16;
    if (bf16 && n % 2 == 0 && row->source != NULL && row->source->dtype == DISTILL_BF16) {
        const char *held = (const char *)row->source->weight + 2 * (row->row * job->matrix->K + k);
        if (are_finite(held, n))
            return held;
    }
    read_row(values, job, row, k, n);
    if (largest(values, n) >= 0x7f800000)
        for (size_t i = n; i > 0; i--)
            if (!isfinite(values[i - 1]))
                record_bad(job, row, k + i - 1);
    for (size_t i = n; i % 4 != 0; i++)
        values[i] = 0;
    to_words(words, job, row, values, n);
    return (const char *)words;
}

static uint4 load_words(const char *from)
{
    uint4 words;
    memcpy(&words, from, sizeof words);
    return words;
}

static void store_words(uint32_t *to, uint4 words)
{
    memcpy(to, &words, sizeof words);
}

/// out[i][j] = rows[j][i] for rows of `count` words; four by four words are transposed in
/// registers.
static void interleave(uint32_t *restrict out, const char *const rows[PANEL_WIDTH], size_t count)
{
    size_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (size_t j = 0; j < PANEL_WIDTH; j += 4) {
            uint4 a = load_words(rows[j] + 4 * i), b = load_words(rows[j + 1] + 4 * i);
            uint4 c = load_words(rows[j + 2] + 4 * i), d = load_words(rows[j + 3] + 4 * i);
            uint4 ab = SHUFFLE4(a, b, 0, 4, 1, 5), cd = SHUFFLE4(c, d, 0, 4, 1, 5);
            uint32_t *to = out + i * PANEL_WIDTH + j;
            store_words(to, SHUFFLE4(ab, cd, 0, 1, 4, 5));
            store_words(to + PANEL_WIDTH, SHUFFLE4(ab, cd, 2, 3, 6, 7));
            ab = SHUFFLE4(a, b, 2, 6, 3, 7);
            cd = SHUFFLE4(c, d, 2, 6, 3, 7);
            store_words(to + 2 * PANEL_WIDTH, SHUFFLE4(ab, cd, 0, 1, 4, 5));
            store_words(to + 3 * PANEL_WIDTH, SHUFFLE4(ab, cd, 2, 3, 6, 7));
        }
    for (; i < count; i++)
        for (size_t j = 0; j < PANEL_WIDTH; j++)
            memcpy(&out[i * PANEL_WIDTH + j], rows[j] + 4 * i, sizeof *out);
}

static void fill_panel(panel_job *job, size_t panel)
{
    const distill_panel_matrix *m = job->matrix;
    uint32_t *out = (uint32_t *)((char *)m->panels + panel * m->panel_bytes);
    uint32_t words[PANEL_WIDTH][PIECE];
    const char *pieces[PANEL_WIDTH];
    source_row rows[PANEL_WIDTH];
    for (size_t j = 0; j < PANEL_WIDTH; j++) {
        rows[j] = find_row(job, panel * PANEL_WIDTH + j);
        if (m->bias != NULL && rows[j].source != NULL && rows[j].source->bias != NULL)
            m->bias[panel * PANEL_WIDTH + j] = rows[j].source->bias[rows[j].row];
    }
    if (m->form.type == DISTILL_WEIGHTS_INT8)
        find_steps(job, rows, panel * PANEL_WIDTH);
    size_t per_word = TYPES[m->form.type].per_word;
    for (size_t k = 0; k < m->K; k += PIECE) {
        size_t n = m->K - k < PIECE ? m->K - k : PIECE, count = (n + per_word - 1) / per_word;
        for (size_t j = 0; j < PANEL_WIDTH; j++)
            pieces[j] = convert_piece(words[j], job, &rows[j], k, n);
        interleave(out, pieces, count);
        out += count * PANEL_WIDTH;
    }
}

static void fill_panels(void *context, size_t begin, size_t end, int worker)
{
    (void)worker;
    for (size_t panel = begin; panel < end; panel++)
        fill_panel(context, panel);
}

/// The failure for the weight that record_bad has recorded.
static distill_status fail_bad(const panel_job *job, size_t bad)
{
    const distill_panel_source *source = &job->sources[bad >> 48];
    size_t place = bad & ((UINT64_C(1) << 48) - 1), K = job->matrix->K;
    float value = 0;
    distill_panel_source_read(&value, source, place, 1);
    return distill_fail(DISTILL_NUMERIC, "tensor \"%s\": row %zu, column %zu is %g",
                        source->name != NULL ? source->name : "", place / K, place % K,
                        (double)value);
}

static distill_status allocate(distill_panel_matrix *m, size_t rows, bool bias)
{
    distill_status status = DISTILL_OK;
    size_t bytes;
    if (m->form.type == DISTILL_WEIGHTS_INT8 && m->K > INT8_MOST_K)
        TRY(distill_fail(DISTILL_LIMIT,
                         "a weight of %zu columns: int8 sums hold at most %d; use bf16 weights",
                         m->K, INT8_MOST_K));
    if (!distill_mul_size(&bytes, m->panel_count, m->panel_bytes))
        TRY(distill_fail(DISTILL_NO_MEMORY, "a weight of %zu x %zu is too large", rows, m->K));
    TRY(distill_alloc_unset(&m->panels, bytes));
    if (bias)
        TRY(DISTILL_NEW(&m->bias, m->panel_count * PANEL_WIDTH));
    if (m->form.type == DISTILL_WEIGHTS_INT8)
        TRY(DISTILL_NEW(&m->scales, m->panel_count * PANEL_WIDTH));
done:
    return status;
}

distill_status distill_panel_matrix_create(distill_panel_matrix *out,
                                           const distill_panel_source *sources, size_t count,
                                           size_t K, const distill_panel_form *form)
{
    distill_status status = DISTILL_OK;
    distill_panel_matrix m = {.K = K, .form = *form, .panel_bytes = bytes_of_panel(K, form->type)};
    panel_job job = {.matrix = &m, .sources = sources, .count = count, .first_bad = SIZE_MAX};
    size_t rows = 0;
    bool bias = false;
    *out = (distill_panel_matrix){0};
    for (size_t i = 0; i < count; i++) {
        rows += sources[i].rows;
        bias = bias || sources[i].bias != NULL;
    }
    m.outputs = form->paired ? sources[0].rows : rows;
    m.panel_count = (m.outputs + PANEL_WIDTH - 1) / PANEL_WIDTH * (form->paired ? 2 : 1);
    TRY(allocate(&m, rows, bias));
    job.flip = kernel_set_chosen()->decode->int8_flip;
    distill_parallel_for(fill_panels, &job, m.panel_count, 4);
    size_t bad = atomic_load(&job.first_bad);
    if (bad != SIZE_MAX)
        TRY(fail_bad(&job, bad));
    *out = m;
    return DISTILL_OK;
done:
    distill_panel_matrix_free(&m);
    return status;
}

void distill_panel_matrix_free(distill_panel_matrix *matrix)
{
    if (matrix == NULL)
        return;
    distill_free(matrix->panels);
    distill_free(matrix->bias);
    distill_free(matrix->scales);
    *matrix = (distill_panel_matrix){0};
}

void distill_panel_matrix_row(float *out, const distill_panel_matrix *matrix, size_t output)
{
    const uint32_t *lane = (const uint32_t *)((const char *)matrix->panels +
                                              output / PANEL_WIDTH * matrix->panel_bytes) +
                           output % PANEL_WIDTH;
    if (matrix->form.type == DISTILL_WEIGHTS_FP32) {
        for (size_t k = 0; k < matrix->K; k++)
            memcpy(out + k, lane + k * PANEL_WIDTH, sizeof *out);
        return;
    }
    for (size_t k = 0; k < matrix->K; k++) {
        uint32_t both = lane[k / 2 * PANEL_WIDTH], bits = k % 2 ? both & 0xffff0000 : both << 16;
        memcpy(out + k, &bits, sizeof *out);
    }
}
