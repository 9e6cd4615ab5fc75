// distill/checkpoint/safetensors.h - the safetensors file format: mapped for reading, written in
// one go atomically.
//
//     uint64 N, little endian | N bytes of JSON | data
//     JSON: {"__metadata__":{"format":"pt"},
//            "NAME":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},…}
//
//     distill_safetensors *file = NULL;
//     TRY(distill_safetensors_open(&file, "model.safetensors"));
//     const distill_safetensor *t = distill_safetensors_find(file, "model.norm.weight");
//     TRY(distill_safetensor_widen(out, t, 0, t->count));            // as float32
//     distill_safetensors_close(file);
//
// Opening checks the header's length, its JSON, names that occur twice, shapes that overflow,
// lengths that are not shape x type, and that the tensors cover the data without overlap or gap.
// Threads  an open file is immutable and may be shared.
// Source   https://github.com/huggingface/safetensors, format
#ifndef DISTILL_CHECKPOINT_SAFETENSORS_H
#define DISTILL_CHECKPOINT_SAFETENSORS_H

#include "distill/base/text.h"
#include "distill/tensor/dtype.h"

enum { DISTILL_SAFETENSORS_RANK = 8 };

typedef struct distill_safetensor {
    const char *name;  // borrowed from the file
    char dtype[12];    // as written: "F32", "BF16", "I32", …
    size_t item_bytes; // of one element
    size_t rank;
    size_t shape[DISTILL_SAFETENSORS_RANK];
    size_t count;              // elements
    const unsigned char *data; // into the mapping; any alignment
} distill_safetensor;

typedef struct distill_safetensors distill_safetensors;

/// Errors  FORMAT, naming the file, the tensor and what does not fit; LIMIT for a header
///         over 100 MB; IO.
distill_status distill_safetensors_open(distill_safetensors **out,
                                        const char *path) DISTILL_MUST_CHECK;
/// The same from bytes that remain valid while the file is open; `name` is used in messages.
distill_status distill_safetensors_parse(distill_safetensors **out, const unsigned char *bytes,
                                         size_t length, const char *name) DISTILL_MUST_CHECK;
void distill_safetensors_close(distill_safetensors *file);

const char *distill_safetensors_path(const distill_safetensors *file);
size_t distill_safetensors_count(const distill_safetensors *file);
/// In the order of the names.
const distill_safetensor *distill_safetensors_at(const distill_safetensors *file, size_t index);
/// NULL if there is none.
const distill_safetensor *distill_safetensors_find(const distill_safetensors *file,
                                                   const char *name);
/// Value of __metadata__ (borrowed), NULL if absent.
const char *distill_safetensors_metadata(const distill_safetensors *file, const char *key);

/// Writes elements first … first+count-1 as float32.
/// Errors  UNSUPPORTED for a type that is not F32, BF16 or F16.
distill_status distill_safetensor_widen(float *out, const distill_safetensor *tensor, size_t first,
                                        size_t count) DISTILL_MUST_CHECK;

/// A tensor to be written: float32 in memory, or values that are read piece by piece, or bytes
/// (type U8).
typedef struct distill_safetensor_source {
    const char *name;
    size_t rank;
    size_t shape[2];
    const float *data;
    /// If data is NULL: sets out[i] to value first + i, i < count.
    void (*read)(void *context, float *out, size_t first, size_t count);
    void *context;
    const unsigned char *bytes; // if both are NULL
} distill_safetensor_source;

/// Writes the file atomically, tensors as `dtype` in the order given, __metadata__ {"format":"pt"}
/// and `metadata_json` (further members without braces; NULL = none).
/// Errors  NUMERIC for a value that is not finite in `dtype`, naming tensor and place; IO.
distill_status distill_safetensors_write(const char *path, const distill_safetensor_source *tensors,
                                         size_t count, distill_dtype dtype,
                                         const char *metadata_json) DISTILL_MUST_CHECK;

#endif
