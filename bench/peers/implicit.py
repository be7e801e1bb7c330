"""How fast does the Python package implicit fit, and how good is what it fits?

`implicit.py SEEN HIDDEN CUSTOMERSxITEMS THREADS OPTIONS` reads two files of `customer<TAB>item`
pairs (numbers from 0) and then answers each line of standard input with one JSON object:

* `ials`, `item_cf`: the seconds of one fit, and nDCG@10 over the customers with something hidden,
  seen items left out, every other item ranked;
* `ials_sweeps`: nDCG@10 after each sweep.

It fits when it is told to, so that another program can be timed in turn with it.
"""

import json
import sys
import time

import numpy as np
from scipy.sparse import csr_matrix


def read(path, shape):
    pairs = np.loadtxt(path, dtype=np.int64, ndmin=2)
    return csr_matrix((np.ones(len(pairs), np.float32), (pairs[:, 0], pairs[:, 1])), shape=shape)


def ndcg(model, train, test, k=10):
    customers = np.flatnonzero(np.diff(test.indptr))
    ids, _ = model.recommend(customers, train[customers], N=k, filter_already_liked_items=True)
    gains = 1.0 / np.log2(np.arange(k) + 2)
    total = 0.0
    for row, customer in zip(ids, customers):
        wanted = set(test.indices[test.indptr[customer]:test.indptr[customer + 1]])
        hits = np.array([item in wanted for item in row])
        total += (gains[:len(hits)] * hits).sum() / gains[:min(k, len(wanted))].sum()
    return total / len(customers)


def main():
    # Imported late, so that a missing package is told by name.
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import CosineRecommender

    train_path, test_path, shape_text, threads, options = sys.argv[1:6]
    shape = tuple(int(part) for part in shape_text.split("x"))
    options, threads = json.loads(options), int(threads)
    train, test = read(train_path, shape), read(test_path, shape)

    def ials():
        return AlternatingLeastSquares(
            factors=options["factors"],
            regularization=options["regularization"],
            alpha=options["alpha"],
            iterations=options["sweeps"],
            num_threads=threads,
            use_gpu=False,
            random_state=0,
        )

    def item_cf():
        return CosineRecommender(K=options["neighbours"], num_threads=threads)

    def timed(model):
        started = time.perf_counter()
        model.fit(train, show_progress=False)
        fit_s = time.perf_counter() - started
        return {"fit_s": fit_s, "ndcg@10": ndcg(model, train, test)}

    def ials_sweeps():
        model, after = ials(), []
        judge = lambda *_: after.append(ndcg(model, train, test))
        model.fit(train, show_progress=False, callback=judge)
        return {"ndcg@10": after}

    answers = {
        "ials": lambda: timed(ials()),
        "item_cf": lambda: timed(item_cf()),
        "ials_sweeps": ials_sweeps,
    }
    for line in sys.stdin:
        print(json.dumps(answers[line.strip()]()), flush=True)


if __name__ == "__main__":
    main()
