"""peer_daft.py IN OUT: normalize and minhash of Daft; what shares a band is a group."""

import sys

import daft
from daft import col

import common

words = daft.functions.normalize(col("text"), lowercase=True, white_space=True)
signature = daft.functions.minhash(words, num_hashes=128, ngram_size=5)
table = daft.read_json(sys.argv[1]).select(col("id"), signature.alias("signature")).to_arrow()
matrix = table["signature"].combine_chunks().flatten().to_numpy().reshape(-1, 128)
common.write(sys.argv[2], table["id"].to_pylist(), common.join(len(matrix), common.band_pairs(matrix)))
