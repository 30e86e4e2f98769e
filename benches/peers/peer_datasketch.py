"""peer_datasketch.py IN OUT: MinHash.bulk and MinHashLSH of datasketch; what shares a band is a group."""

import sys

from datasketch import MinHash, MinHashLSH

import common

ids, texts = common.read(sys.argv[1])
sketches = MinHash.bulk(([word.encode() for word in common.shingles(text)] for text in texts), num_perm=128)
index = MinHashLSH(num_perm=128, params=(16, 8))
with index.insertion_session() as session:
    for at, sketch in enumerate(sketches):
        session.insert(at, sketch)
pairs = ((at, other) for at, sketch in enumerate(sketches) for other in index.query(sketch))
common.write(sys.argv[2], ids, common.join(len(ids), pairs))
