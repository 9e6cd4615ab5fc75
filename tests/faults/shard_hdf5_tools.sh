#!/bin/sh
# Other HDF5 programs read shards with the plugin of this build: h5dump, and h5py in Python.
set -eu
bin=$DISTILL_BIN
export HDF5_PLUGIN_PATH="$DISTILL_BUILD/plugin"
python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import h5py' 2>probe.txt && { python=$candidate; break; }
done
if [ -z "$python" ] && ! command -v h5dump >probe.txt; then
    echo 'skipped: neither h5dump nor h5py is installed'
    exit 77
fi
rm -rf tools && mkdir tools && cd tools
awk 'BEGIN {
    for (i = 0; i < 3000; i++)
        printf "{\"id\":\"n%d\",\"prompt\":\"What is %d+1? é汉\",\"response\":\"<think>%d and one</think>\\\\boxed{%d}\",\"answer\":\"%d\"}\n",
            i, i, i, i + 1, i + 1
}' >traces.jsonl
"$bin/distill" import traces.jsonl -o traces --quiet
"$bin/distill-filter" --input traces --output kept --quiet >table
if command -v h5dump >probe.txt; then
    h5dump -d /traces/sample -s 0 -c 4 kept/shard-00000.h5 >dump.txt
    grep -q '(0): 0, 0, 0, 0' dump.txt || { cat dump.txt; exit 1; }
    h5dump -p -H -d /traces/verdict/reason kept/shard-00000.h5 >dump.txt
    grep -q '32015' dump.txt && grep -q '"not_selected" *16' dump.txt || { cat dump.txt; exit 1; }
    h5dump -d /traces/verdict/reason -s 0 -c 2 kept/shard-00000.h5 | grep -q '(0): kept, kept'
    # without the plugin HDF5 reports that the filter is missing: the data are really compressed by it
    if HDF5_PLUGIN_PATH=/nowhere h5dump -d /traces/sample kept/shard-00000.h5 >dump.txt 2>&1 &&
        grep -q '(0): 0, 0' dump.txt; then
        echo 'h5dump reads the shard without the plugin'
        exit 1
    fi
fi
[ -n "$python" ] || exit 0
"$python" - <<'END'
import json, h5py
f = h5py.File("kept/shard-00000.h5")
assert f.attrs["format"] == "distill-traces" and f.attrs["version"] == 1
json.loads(f.attrs["settings"])
t = f["traces"]
def text(name):
    ends, data = t[name + "/offsets"][:], t[name + "/bytes"][:].tobytes()
    assert ends[0] == 0 and ends[-1] == len(data)
    return [data[a:b].decode() for a, b in zip(ends[:-1], ends[1:])]
lines = [json.loads(line) for line in open("traces.jsonl")]
assert text("id") == [l["id"] for l in lines]
assert text("prompt") == [l["prompt"] for l in lines]
assert text("response") == [l["response"] for l in lines]
assert text("answer") == [l["answer"] for l in lines] == text("verdict/extracted")
assert set(text("domain")) == {"math"} and set(text("language")) == {""}
assert (t["verdict/correct"][:] == 1).all() and t["verdict/correct"].dtype == "int8"
assert h5py.check_enum_dtype(t["finish"].dtype) == {"stop": 0, "length": 1, "error": 2}
assert h5py.check_enum_dtype(t["verdict/reason"].dtype)["kept"] == 0
assert t["sample"].dtype == "int32" and t["prompt/offsets"].dtype == "uint64"
for name in ("sample", "prompt/bytes", "response/offsets"):
    filters = t[name].id.get_create_plist()
    assert filters.get_nfilters() == 1 and filters.get_filter(0)[0] == 32015
    assert t[name].chunks
print("h5py", h5py.__version__, "reads", len(lines), "traces")
END
# settings of a foreign shard that are not JSON are not copied into the manifest
cp traces/shard-00000.h5 foreign.h5
"$python" - <<'END'
import h5py
h5py.File("foreign.h5", "r+").attrs["settings"] = "{not json"
END
"$bin/distill-filter" --input foreign.h5 --output foreign --quiet >table
"$python" -c 'import json; assert json.load(open("foreign/manifest.json"))["settings"]["sources"] == [{}]'
