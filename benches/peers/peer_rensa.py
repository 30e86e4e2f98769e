"""peer_rensa.py IN OUT: signatures and index of rensa, in batches; what shares a band is a group."""

import sys

from rensa import RMinHash, RMinHashLSH

import common

ids, texts = common.read(sys.argv[1])
sketches = RMinHash.from_token_sets((common.shingles(text) for text in texts), num_perm=128, seed=42)
index = RMinHashLSH(threshold=0.7, num_perm=128, num_bands=16)
index.insert_many(sketches)
pairs = ((at, other) for at, others in enumerate(index.query_all(sketches)) for other in others)
common.write(sys.argv[2], ids, common.join(len(ids), pairs))
