// distill/checkpoint/safetensors.c - parses the header as JSON; tensors are pointers into the
// mapping.
//
// Files are untrusted: every number of the header is checked before it is used, and the memory for
// the header is limited.
#include "distill/checkpoint/safetensors.h"

#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// The second limit keeps a header of many tiny values from becoming gigabytes of JSON nodes.
enum { HEADER_LIMIT = 100 * 1000 * 1000, HEADER_VALUES_LIMIT = 4 * 1000 * 1000 };

struct distill_safetensors {
    char *path;
    distill_mapping mapping; // of a file that was opened by name
    distill_json *header;
    const distill_json_node *metadata;
    const unsigned char *data;
    size_t data_length;
    distill_safetensor *tensors; // by name
    size_t count;
};

static const struct {
    const char *name;
    size_t bytes;
} ITEM_TYPES[] = {
    {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
    {"U16", 2},  {"I16", 2}, {"F16", 2}, {"BF16", 2},    {"U32", 4},
    {"I32", 4},  {"F32", 4}, {"U64", 8}, {"I64", 8},     {"F64", 8},
};

static distill_status read_dtype(distill_safetensor *t, const distill_safetensors *file,
                                 const distill_json_node *node)
{
    distill_span name;
    distill_status status = distill_json_get_string(&name, file->header, node, "dtype");
    if (status != DISTILL_OK)
        return status;
    for (size_t i = 0; i < sizeof ITEM_TYPES / sizeof *ITEM_TYPES; i++)
        if (distill_span_is(name, ITEM_TYPES[i].name)) {
            snprintf(t->dtype, sizeof t->dtype, "%s", ITEM_TYPES[i].name);
            t->item_bytes = ITEM_TYPES[i].bytes;
            return DISTILL_OK;
        }
    return distill_fail(DISTILL_UNSUPPORTED, "%s: the type \"%.*s\" is unknown",
                        distill_json_where(file->header, node, "dtype"),
                        (int)(name.length > 32 ? 32 : name.length), name.bytes);
}

// A whole number in 0 … 2^53.
static bool whole_number(size_t *out, const distill_json_node *node)
{
    double value = distill_json_number(node);
    if (node == NULL || distill_json_kind_of(node) != DISTILL_JSON_NUMBER ||
        !(value >= 0 && value <= 0x1p53) || value != floor(value))
        return false;
    *out = (size_t)value;
    return true;
}

static distill_status read_shape(distill_safetensor *t, const distill_safetensors *file,
                                 const distill_json_node *node)
{
    const distill_json_node *shape = distill_json_member(node, "shape");
    if (shape == NULL || distill_json_kind_of(shape) != DISTILL_JSON_ARRAY ||
        distill_json_count(shape) > DISTILL_SAFETENSORS_RANK)
        return distill_fail(DISTILL_FORMAT, "%s: expected an array of at most %d sizes",
                            distill_json_where(file->header, node, "shape"),
                            DISTILL_SAFETENSORS_RANK);
    t->count = 1;
    for (const distill_json_node *item = distill_json_first(shape); item != NULL;
         item = distill_json_next(item)) {
        size_t n = 0;
        if (!whole_number(&n, item))
            return distill_fail(DISTILL_FORMAT, "%s: a size must be a whole number from 0",
                                distill_json_where(file->header, node, "shape"));
        if (!distill_mul_size(&t->count, t->count, n))
            return distill_fail(DISTILL_LIMIT, "%s: the product of the sizes overflows",
                                distill_json_where(file->header, node, "shape"));
        t->shape[t->rank++] = n;
    }
    return DISTILL_OK;
}

static distill_status read_offsets(distill_safetensor *t, const distill_safetensors *file,
                                   const distill_json_node *node)
{
    const distill_json_node *offsets = distill_json_member(node, "data_offsets");
    const distill_json_node *first = distill_json_first(offsets);
    size_t begin, end, bytes;
    if (offsets == NULL || distill_json_kind_of(offsets) != DISTILL_JSON_ARRAY ||
        distill_json_count(offsets) != 2 || !whole_number(&begin, first) ||
        !whole_number(&end, distill_json_next(first)) || end < begin)
        return distill_fail(DISTILL_FORMAT, "%s: expected [begin, end] with 0 <= begin <= end",
                            distill_json_where(file->header, node, "data_offsets"));
    if (end > file->data_length)
        return distill_fail(DISTILL_FORMAT,
                            "%s: ends at byte %zu of the data, but the file has only %zu; was it "
                            "copied completely?",
                            distill_json_where(file->header, node, "data_offsets"), end,
                            file->data_length);
    if (!distill_mul_size(&bytes, t->count, t->item_bytes) || bytes != end - begin)
        return distill_fail(DISTILL_FORMAT,
                            "%s: %zu bytes, but %zu elements of type %s were expected",
                            distill_json_where(file->header, node, "data_offsets"), end - begin,
                            t->count, t->dtype);
    t->data = file->data + begin;
    return DISTILL_OK;
}

static distill_status read_tensor(distill_safetensor *t, const distill_safetensors *file,
                                  const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    t->name = distill_json_key(node);
    if (distill_json_kind_of(node) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an object, found %s",
                         distill_json_where(file->header, node, NULL),
                         distill_json_kind_name(node)));
    TRY(read_dtype(t, file, node));
    TRY(read_shape(t, file, node));
    TRY(read_offsets(t, file, node));
done:
    return status;
}

static distill_status read_metadata(distill_safetensors *file, const distill_json_node *node)
{
    if (distill_json_kind_of(node) != DISTILL_JSON_OBJECT)
        return distill_fail(DISTILL_FORMAT, "%s: __metadata__: expected an object of strings",
                            file->path);
    for (const distill_json_node *m = distill_json_first(node); m != NULL; m = distill_json_next(m))
        if (distill_json_kind_of(m) != DISTILL_JSON_STRING)
            return distill_fail(DISTILL_FORMAT, "%s: expected a string, found %s",
                                distill_json_where(file->header, node, distill_json_key(m)),
                                distill_json_kind_name(m));
    file->metadata = node;
    return DISTILL_OK;
}

static distill_status read_tensors(distill_safetensors *file)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(file->header);
    if (distill_json_kind_of(root) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the header must be an object", file->path));
    TRY(DISTILL_NEW(&file->tensors, distill_json_count(root) + 1));
    for (const distill_json_node *node = distill_json_first(root); node != NULL;
         node = distill_json_next(node)) {
        if (strcmp(distill_json_key(node), "__metadata__") == 0)
            TRY(read_metadata(file, node));
        else
            TRY(read_tensor(&file->tensors[file->count++], file, node));
    }
done:
    return status;
}

static int by_place(const void *a, const void *b)
{
    const distill_safetensor *x = a, *y = b;
    if (x->data != y->data)
        return x->data < y->data ? -1 : 1;
    return x->count < y->count ? -1 : x->count > y->count; // empty ones first
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const distill_safetensor *)a)->name, ((const distill_safetensor *)b)->name);
}

// The tensors must cover the data exactly: unused bytes could hide another file.
static distill_status check_cover(distill_safetensors *file)
{
    const unsigned char *at = file->data;
    if (file->count > 0)
        qsort(file->tensors, file->count, sizeof *file->tensors, by_place);
    for (size_t i = 0; i < file->count; i++) {
        const distill_safetensor *t = &file->tensors[i];
        if (t->data != at)
            return distill_fail(DISTILL_FORMAT,
                                "%s: tensor \"%s\" begins at byte %zu of the data, "
                                "%s",
                                file->path, t->name, (size_t)(t->data - file->data),
                                t->data < at ? "inside the tensor before it"
                                             : "with a gap before it");
        at += t->count * t->item_bytes;
    }
    size_t used = (size_t)(at - file->data);
    if (used != file->data_length)
        return distill_fail(DISTILL_FORMAT, "%s: %zu bytes follow the last tensor", file->path,
                            file->data_length - used);
    return DISTILL_OK;
}

static distill_status check_names(distill_safetensors *file)
{
    if (file->count > 0)
        qsort(file->tensors, file->count, sizeof *file->tensors, by_name);
    for (size_t i = 1; i < file->count; i++)
        if (strcmp(file->tensors[i - 1].name, file->tensors[i].name) == 0)
            return distill_fail(DISTILL_FORMAT, "%s: tensor \"%s\" occurs twice in the header",
                                file->path, file->tensors[i].name);
    return DISTILL_OK;
}

static distill_status check_values(const char *header, size_t length, const char *path)
{
    size_t commas = 0;
    for (const char *at = header; (at = memchr(at, ',', length - (size_t)(at - header))) != NULL;
         at++)
        commas++;
    if (commas > HEADER_VALUES_LIMIT)
        return distill_fail(DISTILL_LIMIT, "%s: the header holds more than %d values", path,
                            HEADER_VALUES_LIMIT);
    return DISTILL_OK;
}

static distill_status parse_bytes(distill_safetensors *file, const unsigned char *bytes,
                                  size_t length)
{
    distill_status status = DISTILL_OK;
    uint64_t header = 0;
    distill_span start = {(const char *)bytes, length};
    if (distill_span_starts(start, distill_span_of("version https://git-lfs")))
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: a Git LFS pointer, not the weights; `git lfs pull` fetches them",
                         file->path));
    if (length < 8)
        TRY(distill_fail(DISTILL_FORMAT, "%s: %zu bytes are too few for a safetensors file",
                         file->path, length));
    for (int i = 7; i >= 0; i--)
        header = header << 8 | bytes[i];
    if (header > HEADER_LIMIT)
        TRY(distill_fail(DISTILL_LIMIT,
                         "%s: a header of %llu bytes (limit %d): not a safetensors "
                         "file?",
                         file->path, (unsigned long long)header, HEADER_LIMIT));
    if (header > length - 8)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: the header should have %llu bytes, but only %zu "
                         "follow; was it copied completely?",
                         file->path, (unsigned long long)header, length - 8));
    if (header == 0 || bytes[8] != '{')
        TRY(distill_fail(DISTILL_FORMAT, "%s: the header does not begin with \"{\"", file->path));
    TRY(check_values((const char *)bytes + 8, header, file->path));
    TRY(distill_json_parse(&file->header, (const char *)bytes + 8, header, file->path));
    file->data = bytes + 8 + header;
    file->data_length = length - 8 - header;
    TRY(read_tensors(file));
    TRY(check_cover(file));
    TRY(check_names(file));
done:
    return status;
}

distill_status distill_safetensors_parse(distill_safetensors **out, const unsigned char *bytes,
                                         size_t length, const char *name)
{
    distill_status status = DISTILL_OK;
    distill_safetensors *file = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&file, 1));
    TRY(distill_copy_string(&file->path, name, strlen(name)));
    TRY(parse_bytes(file, bytes, length));
    *out = file;
    file = NULL;
done:
    distill_safetensors_close(file);
    return status;
}

distill_status distill_safetensors_open(distill_safetensors **out, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_mapping mapping = {0};
    struct stat info;
    *out = NULL;
    if (stat(path, &info) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s", path));
    if (!S_ISREG(info.st_mode)) // a pipe or device would block or never end
        TRY(distill_fail(DISTILL_FORMAT, "%s: not a regular file", path));
    TRY(distill_file_map(&mapping, path));
    TRY(distill_safetensors_parse(out, mapping.bytes, mapping.length, path));
    (*out)->mapping = mapping;
    mapping = (distill_mapping){0};
done:
    distill_file_unmap(&mapping);
    return status;
}

void distill_safetensors_close(distill_safetensors *file)
{
    if (file == NULL)
        return;
    distill_free(file->tensors);
    distill_json_free(file->header);
    distill_file_unmap(&file->mapping);
    distill_free(file->path);
    distill_free(file);
}

const char *distill_safetensors_path(const distill_safetensors *file)
{
    return file->path;
}

size_t distill_safetensors_count(const distill_safetensors *file)
{
    return file->count;
}

const distill_safetensor *distill_safetensors_at(const distill_safetensors *file, size_t index)
{
    return &file->tensors[index];
}

const distill_safetensor *distill_safetensors_find(const distill_safetensors *file,
                                                   const char *name)
{
    distill_safetensor key = {.name = name};
    if (file->count == 0)
        return NULL;
    return bsearch(&key, file->tensors, file->count, sizeof key, by_name);
}

const char *distill_safetensors_metadata(const distill_safetensors *file, const char *key)
{
    const distill_json_node *node = distill_json_member(file->metadata, key);
    return node == NULL ? NULL : distill_json_string(file->header, node).bytes;
}

distill_status distill_safetensor_widen(float *out, const distill_safetensor *tensor, size_t first,
                                        size_t count)
{
    distill_dtype dtype;
    if (!distill_dtype_find(&dtype, tensor->dtype))
        return distill_fail(DISTILL_UNSUPPORTED,
                            "tensor \"%s\": type %s; only F32, BF16 and F16 are supported",
                            tensor->name, tensor->dtype);
    distill_dtype_widen(out, tensor->data + first * tensor->item_bytes, dtype, count);
    return DISTILL_OK;
}

// -------------------------------------------------------------------------------------- writing

static bool is_bytes(const distill_safetensor_source *t)
{
    return t->data == NULL && t->read == NULL;
}

static void add_tensor(distill_json_writer *w, const distill_safetensor_source *t,
                       distill_dtype dtype, size_t *offset)
{
    size_t items = 1, first = *offset;
    distill_json_begin_object(w, t->name);
    distill_json_add_string(w, "dtype", is_bytes(t) ? "U8" : distill_dtype_name(dtype));
    distill_json_begin_array(w, "shape");
    for (size_t k = 0; k < t->rank; k++) {
        distill_json_add_uint(w, NULL, t->shape[k]);
        items *= t->shape[k];
    }
    distill_json_end_array(w);
    *offset += items * (is_bytes(t) ? 1 : distill_dtype_bytes(dtype));
    distill_json_begin_array(w, "data_offsets");
    distill_json_add_uint(w, NULL, first);
    distill_json_add_uint(w, NULL, *offset);
    distill_json_end_array(w);
    distill_json_end_object(w);
}

static distill_status write_header(distill_text *out, const distill_safetensor_source *tensors,
                                   size_t count, distill_dtype dtype, const char *metadata_json)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = out};
    size_t offset = 0;
    distill_json_begin_object(&w, NULL);
    distill_json_begin_object(&w, "__metadata__");
    distill_json_add_string(&w, "format", "pt");
    if (metadata_json != NULL)
        distill_json_add_raw_members(&w, distill_span_of(metadata_json));
    distill_json_end_object(&w);
    for (size_t i = 0; i < count; i++)
        add_tensor(&w, &tensors[i], dtype, &offset);
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
    while (out->length % 8 != 0) // the data must begin at a multiple of 8
        TRY(distill_text_add_char(out, ' '));
done:
    return status;
}

enum { WRITE_CHUNK = 1 << 18 };

typedef struct write_buffers {
    float *values, *narrowed, *scratch; // [WRITE_CHUNK] each
} write_buffers;

static distill_status check_finite(const char *name, const float *values, size_t first,
                                   size_t count, distill_dtype dtype, const write_buffers *b)
{
    size_t bad = distill_first_not_finite(values, count);
    if (bad == count && dtype == DISTILL_F16) { // may have overflowed to infinity
        distill_dtype_widen(b->scratch, b->narrowed, dtype, count);
        bad = distill_first_not_finite(b->scratch, count);
    }
    if (bad == count)
        return DISTILL_OK;
    return distill_fail(DISTILL_NUMERIC,
                        "tensor \"%s\": element %zu is %g and cannot be written as %s (choose "
                        "another type of the weights)",
                        name, first + bad, (double)values[bad], distill_dtype_name(dtype));
}

static distill_status write_tensor(distill_atomic_file *file, const distill_safetensor_source *t,
                                   distill_dtype dtype, const write_buffers *b)
{
    distill_status status = DISTILL_OK;
    size_t count = t->rank == 0 ? 1 : t->shape[0] * (t->rank > 1 ? t->shape[1] : 1);
    if (is_bytes(t))
        return distill_atomic_write(file, t->bytes, count);
    for (size_t first = 0; first < count; first += WRITE_CHUNK) {
        size_t n = count - first < WRITE_CHUNK ? count - first : WRITE_CHUNK;
        const float *values = t->data != NULL ? t->data + first : b->values;
        if (t->data == NULL)
            t->read(t->context, b->values, first, n);
        distill_dtype_narrow(b->narrowed, values, dtype, n);
        TRY(check_finite(t->name, values, first, n, dtype, b));
        TRY(distill_atomic_write(file, b->narrowed, n * distill_dtype_bytes(dtype)));
    }
done:
    return status;
}

distill_status distill_safetensors_write(const char *path, const distill_safetensor_source *tensors,
                                         size_t count, distill_dtype dtype,
                                         const char *metadata_json)
{
    distill_status status = DISTILL_OK;
    distill_atomic_file *file = NULL;
    distill_text header = {.limit = HEADER_LIMIT};
    write_buffers buffers = {0};
    unsigned char length[8];
    TRY(DISTILL_NEW(&buffers.values, WRITE_CHUNK));
    TRY(DISTILL_NEW(&buffers.narrowed, WRITE_CHUNK));
    TRY(DISTILL_NEW(&buffers.scratch, WRITE_CHUNK));
    TRY(write_header(&header, tensors, count, dtype, metadata_json));
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)header.length >> (8 * i));
    TRY(distill_atomic_open(&file, path));
    TRY(distill_atomic_write(file, length, sizeof length));
    TRY(distill_atomic_write(file, header.bytes, header.length));
    for (size_t i = 0; i < count; i++)
        TRY(write_tensor(file, &tensors[i], dtype, &buffers));
    TRY(distill_atomic_commit(&file));
done:
    distill_atomic_abort(&file);
    distill_text_free(&header);
    distill_free(buffers.scratch);
    distill_free(buffers.narrowed);
    distill_free(buffers.values);
    return status;
}
