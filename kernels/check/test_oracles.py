"""Checks oracles and launch table without a GPU: python3 kernels/check/test_oracles.py [sparse24.json]"""
import json
import sys
from fractions import Fraction

import numpy as np

import check
import oracles as o


def single_rounding():
    rng = np.random.default_rng(1)
    x = (rng.standard_normal(3000) * np.exp2(rng.integers(-20, 20, 3000))).astype(np.float32)
    total = np.abs(rng.standard_normal(3000) * np.exp2(rng.integers(-20, 20, 3000))).astype(np.float32)
    result = o.fma_of_square(x, total)
    for a, t, got in zip(x, total, result):
        exact = Fraction(float(a)) ** 2 + Fraction(float(t))
        error = abs(Fraction(float(got)) - exact)
        for neighbour in (np.nextafter(got, np.float32(np.inf)), np.nextafter(got, np.float32(-np.inf))):
            other = abs(Fraction(float(neighbour)) - exact)
            assert error < other or (error == other and got.view(np.uint32) % 2 == 0), (a, t, got)


def ties_and_tails():
    w = np.array([[0x3C00, 0xBC00, 0x8000, 0x3C00, 0x7E00, 0x0001, 0x3C00]], np.uint16)
    norms = np.ones(7, np.float32)
    keys = o.keys(w, "f16", norms)
    assert list(o.ascending(keys)[0]) == [2, 5, 0, 1, 3, 6, 4]
    got = o.zero_smallest_in_rows(w, o.ascending(keys), 3)
    assert list(got[0]) == [0, 0xBC00, 0, 0x3C00, 0x7E00, 0, 0x3C00]
    got = o.zero_smallest_in_groups(w, keys, 4, 2)
    assert list(got[0]) == [0, 0xBC00, 0, 0x3C00, 0x7E00, 0, 0]
    assert keys[0, 4] == o.NAN_KEY


def plans():
    for dtype in check.DTYPES:
        for cols in range(1, 70000, 7):
            v = check.Plan.select_rows_variant(dtype, cols)
            if v:
                block = check.Plan.select_rows_fast(dtype, v, 1, cols)[2]
                assert block <= check.Plan.select_rows_fast_limit(v), (dtype, cols, v, block)
                assert block * v * check.Plan.per_vector(dtype) >= cols


def sparse24(path):
    with open(path) as f:
        cases = json.load(f)["cases"]
    for case in cases:
        rows, cols = case["rows"], case["columns"]
        dense = np.array(case["dense"], np.float32).reshape(rows, cols)
        bits = o.narrow(dense, "f16")
        values, row_major = o.compress(bits, 0)
        _, reordered = o.compress(bits, 1)
        assert np.array_equal(o.widen(values, "f16").reshape(-1), np.array(case["compressed"], np.float32).reshape(-1))
        for got, want in ((row_major, case["metadata_row_major"]), (reordered, case["metadata_reordered"])):
            assert np.array_equal(got.reshape(-1).astype(np.int64), np.array(want).reshape(-1) & 0xFFFF)
        assert np.array_equal(o.decompress(values, reordered, 1, rows, cols) & 0x7FFF, bits & 0x7FFF)
    print("sparse24: %d matrices as PyTorch compresses them" % len(cases))


if __name__ == "__main__":
    single_rounding()
    ties_and_tails()
    plans()
    if len(sys.argv) > 1:
        sparse24(sys.argv[1])
    print("oracles: all as expected")
