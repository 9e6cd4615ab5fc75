// datasets/traces/shard/shard_layout.h - the HDF5 datasets of a shard, made from the columns of a
// trace. Private to the shard files.
//
// A shard of n traces (drawn in full in docs/formats.md):
//   1. /traces/NAME/{bytes,offsets}   a text: uint8[all bytes], uint64[n+1]; the text of trace i is
//                                     bytes[offsets[i] … offsets[i+1])
//   2. /traces/NAME                   a value for each trace: [n]
//   3. /traces/tokens/…, topk/…       values for each token: [offsets[n]], offsets = tokens/offsets;
//                                     those of trace i are [offsets[i] … offsets[i+1])
#ifndef DATASETS_TRACES_SHARD_SHARD_LAYOUT_H
#define DATASETS_TRACES_SHARD_SHARD_LAYOUT_H

#include "datasets/traces/trace_columns.h"

#include <hdf5.h>

/// What the rows of a dataset are.
typedef enum shard_rows {
    SHARD_PER_BYTE,   // bytes of the texts
    SHARD_PER_OFFSET, // n + 1
    SHARD_PER_TRACE,  // n
    SHARD_PER_TOKEN,  // tokens of all traces
    SHARD_PER_TOPK    // likewise, K values each
} shard_rows;

/// Datasets by number: first the bytes and offsets of each text, then the others in the order of
/// the columns.
typedef enum shard_dataset_number {
#define SHARD_TEXT_ENUM(NAME, ...) SHARD_##NAME##_BYTES, SHARD_##NAME##_OFFSETS,
#define SHARD_OTHER_ENUM(NAME, ...) SHARD_##NAME,
#define SHARD_NO_ENUM(...)
    TRACE_COLUMN_LIST(SHARD_TEXT_ENUM, SHARD_NO_ENUM, SHARD_NO_ENUM, SHARD_NO_ENUM)
        TRACE_COLUMN_LIST(SHARD_NO_ENUM, SHARD_OTHER_ENUM, SHARD_OTHER_ENUM, SHARD_OTHER_ENUM)
#undef SHARD_TEXT_ENUM
#undef SHARD_OTHER_ENUM
#undef SHARD_NO_ENUM
            SHARD_DATASET_COUNT
} shard_dataset_number;

/// Datasets below this one are the bytes (even) and offsets (odd) of texts.
enum { SHARD_FIRST_VALUES = 2 * TRACE_TEXT_COUNT };

typedef struct shard_dataset {
    const char *path;
    trace_type type;
    shard_rows rows;
    const trace_column *column;
} shard_dataset;

extern const shard_dataset SHARD_DATASETS[SHARD_DATASET_COUNT];

/// True if a shard with these parts (TRACE_PART_…) has the dataset.
bool shard_has_dataset(unsigned parts, size_t dataset);
/// "int32", "a uint8 enum", …: for messages.
const char *shard_type_name(trace_type type);
/// The HDF5 type, to be closed by the caller; negative on failure.
hid_t shard_type_create(trace_type type);
/// True if a dataset of type `found` can be read as `type`. An enum may lack newer names, or be a
/// plain uint8.
bool shard_type_fits(trace_type type, hid_t found);

#endif
