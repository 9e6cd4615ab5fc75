// datasets/traces/plugin/zstd_plugin.c - the entry points of an HDF5 plugin, with which h5dump,
// h5py and any other HDF5 program read the shards.
#include "datasets/traces/shard/zstd_filter.h"

#include <H5PLextern.h>

__attribute__((visibility("default"))) H5PL_type_t H5PLget_plugin_type(void)
{
    return H5PL_TYPE_FILTER;
}

__attribute__((visibility("default"))) const void *H5PLget_plugin_info(void)
{
    return zstd_filter_class();
}
