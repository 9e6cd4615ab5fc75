# Shards from outside: other HDF5 programs, kills, full disks, hostile files; show, export, import.
add_script_test(show cli/show.sh)
add_script_test(export_import cli/export_import.sh)
add_script_test(shard_hdf5_tools faults/shard_hdf5_tools.sh)
add_script_test(shard_kill faults/shard_kill.sh)
add_script_test(shard_full_disk faults/shard_full_disk.sh)
add_fuzz_target(shard datasets)
add_fuzz_target(prompts datasets)
