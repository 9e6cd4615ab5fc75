// datasets/traces/shard/shard_layout.c - the datasets of a shard as a table, and their HDF5 types.
//
// The table expands TRACE_COLUMN_LIST twice, texts first. An HDF5 type is made for each use and
// closed by the caller. A dataset of another program is accepted if its type converts without loss:
// an enum may be a plain uint8.
#include "datasets/traces/shard/shard_layout.h"

const shard_dataset SHARD_DATASETS[SHARD_DATASET_COUNT] = {
#define COLUMN(NAME) .column = &TRACE_COLUMNS[TRACE_COLUMN_##NAME]
#define TEXT_DATASETS(NAME, field, PART, where)                                                    \
    {"/traces/" where "/bytes", TRACE_TYPE_BYTE, SHARD_PER_BYTE, COLUMN(NAME)},                    \
        {"/traces/" where "/offsets", TRACE_TYPE_OFFSET, SHARD_PER_OFFSET, COLUMN(NAME)},
#define NUMBER_DATASET(NAME, field, PART, ctype, TYPE, byte, where)                                \
    {"/traces/" where, TRACE_TYPE_##TYPE, SHARD_PER_TRACE, COLUMN(NAME)},
#define COUNT_DATASET(NAME, field, PART, where)                                                    \
    {"/traces/" where, TRACE_TYPE_OFFSET, SHARD_PER_OFFSET, COLUMN(NAME)},
#define VALUES_DATASET(NAME, field, PART, ctype, TYPE, SHAPE, where)                               \
    {"/traces/" where, TRACE_TYPE_##TYPE, SHARD_##SHAPE, COLUMN(NAME)},
#define NO_DATASET(...)
    TRACE_COLUMN_LIST(TEXT_DATASETS, NO_DATASET, NO_DATASET, NO_DATASET)
        TRACE_COLUMN_LIST(NO_DATASET, NUMBER_DATASET, COUNT_DATASET, VALUES_DATASET)
#undef TEXT_DATASETS
#undef NUMBER_DATASET
#undef COUNT_DATASET
#undef VALUES_DATASET
#undef NO_DATASET
#undef COLUMN
};

bool shard_has_dataset(unsigned parts, size_t dataset)
{
    unsigned part = (unsigned)SHARD_DATASETS[dataset].column->part;
    return (parts & part) == part;
}

const char *shard_type_name(trace_type type)
{
    static const char *const NAMES[] = {
        [TRACE_TYPE_INT32] = "int32",         [TRACE_TYPE_FLOAT32] = "float32",
        [TRACE_TYPE_FLOAT16] = "float16",     [TRACE_TYPE_VERDICT] = "int8",
        [TRACE_TYPE_FINISH] = "a uint8 enum", [TRACE_TYPE_REASON] = "a uint8 enum",
        [TRACE_TYPE_BYTE] = "uint8",          [TRACE_TYPE_OFFSET] = "uint64",
    };
    return NAMES[type];
}

/// IEEE 754 half precision: sign 1, exponent 5 (bias 15), fraction 10.
static hid_t create_float16(void)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    if (type >= 0 && (H5Tset_fields(type, 15, 10, 5, 0, 10) < 0 || H5Tset_size(type, 2) < 0 ||
                      H5Tset_ebias(type, 15) < 0)) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

static hid_t create_finish(void)
{
    hid_t type = H5Tenum_create(H5T_STD_U8LE);
    uint8_t value = 0;
#define INSERT_FINISH(name, number, key)                                                           \
    value = number;                                                                                \
    H5Tenum_insert(type, key, &value);
    TRACE_FINISH_LIST(INSERT_FINISH)
#undef INSERT_FINISH
    return type;
}

static hid_t create_reason(void)
{
    hid_t type = H5Tenum_create(H5T_STD_U8LE);
    uint8_t value = 0;
#define INSERT_REASON(name, number, key, sentence)                                                 \
    value = number;                                                                                \
    H5Tenum_insert(type, key, &value);
    TRACE_REASON_LIST(INSERT_REASON)
#undef INSERT_REASON
    return type;
}

hid_t shard_type_create(trace_type type)
{
    switch (type) {
    case TRACE_TYPE_INT32:
        return H5Tcopy(H5T_STD_I32LE);
    case TRACE_TYPE_FLOAT32:
        return H5Tcopy(H5T_IEEE_F32LE);
    case TRACE_TYPE_FLOAT16:
        return create_float16();
    case TRACE_TYPE_VERDICT:
        return H5Tcopy(H5T_STD_I8LE);
    case TRACE_TYPE_FINISH:
        return create_finish();
    case TRACE_TYPE_REASON:
        return create_reason();
    case TRACE_TYPE_BYTE:
        return H5Tcopy(H5T_STD_U8LE);
    case TRACE_TYPE_OFFSET:
        return H5Tcopy(H5T_STD_U64LE);
    }
    return -1;
}

bool shard_type_fits(trace_type type, hid_t found)
{
    bool is_enum = type == TRACE_TYPE_FINISH || type == TRACE_TYPE_REASON;
    hid_t base = is_enum && H5Tget_class(found) == H5T_ENUM ? H5Tget_super(found) : H5Tcopy(found);
    hid_t expected = shard_type_create(is_enum ? TRACE_TYPE_BYTE : type);
    bool fits = base >= 0 && expected >= 0 && H5Tequal(base, expected) > 0;
    if (base >= 0)
        H5Tclose(base);
    if (expected >= 0)
        H5Tclose(expected);
    return fits;
}
