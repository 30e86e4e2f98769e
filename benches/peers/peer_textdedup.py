"""peer_textdedup.py IN OUT: the command of text-dedup with a configuration as its documentation has it."""

import os
import subprocess
import sys
import tempfile

CONFIG = """
[input]
input_type = "local_files"
file_type = "json"
[input.read_arguments]
path = "json"
data_files = "{input}"
split = "train"
cache_dir = "cache"
[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_perm = 128
bands = 16
rows = 8
threshold = 0.7
ngram_size = 5
num_proc = 1
[output]
output_dir = "out"
skip_filtering = true
keep_cluster_column = true
[debug]
"""

with tempfile.TemporaryDirectory() as folder:
    with open(f"{folder}/config.toml", "w") as config:
        config.write(CONFIG.format(input=os.path.abspath(sys.argv[1])))
    subprocess.run([sys.executable, "-m", "text_dedup.minhash"], cwd=folder, check=True)

    from datasets import load_from_disk

    import common

    table = load_from_disk(f"{folder}/out")
    # The number of a group may be that of a row outside of it.
    clusters = zip(table["__CLUSTER__"], table["__duplicate__"])
    common.write(sys.argv[2], table["id"], (("group" if grouped else "alone") + str(at) for at, grouped in clusters))
