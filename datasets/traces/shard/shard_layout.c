// datasets/traces/shard/shard_layout.c - tables of a shard's datasets and their HDF5 types.
#include "datasets/traces/shard/shard_layout.h"

const shard_column SHARD_COLUMNS[SHARD_DATASETS] = {
#define TEXT_ROWS(name, field, part, path)                                                         \
    {path "/bytes", SHARD_UINT8, SHARD_PER_BYTE, part},                                            \
        {path "/offsets", SHARD_UINT64, SHARD_PER_OFFSET, part},
    SHARD_TEXT_LIST(TEXT_ROWS)
#undef TEXT_ROWS
#define VALUE_ROW(name, type, rows, part, path) {path, type, rows, part},
        SHARD_VALUE_LIST(VALUE_ROW)
#undef VALUE_ROW
};

typedef struct type_row {
    const char *name;
    size_t size;
} type_row;

static const type_row TYPES[] = {
    [SHARD_UINT8] = {"uint8", 1},         [SHARD_INT8] = {"int8", 1},
    [SHARD_INT32] = {"int32", 4},         [SHARD_UINT64] = {"uint64", 8},
    [SHARD_FLOAT32] = {"float32", 4},     [SHARD_FLOAT16] = {"float16", 2},
    [SHARD_FINISH] = {"a uint8 enum", 1}, [SHARD_REASON] = {"a uint8 enum", 1},
};

size_t shard_type_size(shard_type type)
{
    return TYPES[type].size;
}

const char *shard_type_name(shard_type type)
{
    return TYPES[type].name;
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

hid_t shard_type_create(shard_type type)
{
    switch (type) {
    case SHARD_UINT8:
        return H5Tcopy(H5T_STD_U8LE);
    case SHARD_INT8:
        return H5Tcopy(H5T_STD_I8LE);
    case SHARD_INT32:
        return H5Tcopy(H5T_STD_I32LE);
    case SHARD_UINT64:
        return H5Tcopy(H5T_STD_U64LE);
    case SHARD_FLOAT32:
        return H5Tcopy(H5T_IEEE_F32LE);
    case SHARD_FLOAT16:
        return create_float16();
    case SHARD_FINISH:
        return create_finish();
    case SHARD_REASON:
        return create_reason();
    }
    return -1;
}

bool shard_type_fits(shard_type type, hid_t found)
{
    bool named = type == SHARD_FINISH || type == SHARD_REASON;
    hid_t base = named && H5Tget_class(found) == H5T_ENUM ? H5Tget_super(found) : H5Tcopy(found);
    hid_t wanted = shard_type_create(named ? SHARD_UINT8 : type);
    bool fits = base >= 0 && wanted >= 0 && H5Tequal(base, wanted) > 0;
    if (base >= 0)
        H5Tclose(base);
    if (wanted >= 0)
        H5Tclose(wanted);
    return fits;
}
