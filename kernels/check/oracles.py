"""What the kernels are compared with, as naively as numpy allows, and the awkward inputs they are run on.

Weights are arrays of bits: uint16 for f16 and bf16, uint32 for f32. Follows reference-semantics and the CPU's Ops.
"""
import numpy as np

NAN_KEY = np.uint32(0x7F800001)
NO_KEY = np.uint32(0xFFFFFFFF)


# ---- element types and inputs ----------------------------------------------------------------------------------------

def size_of(dtype):
    return 4 if dtype == "f32" else 2


def widen(bits, dtype):
    if dtype == "f16":
        return bits.view(np.float16).astype(np.float32)
    if dtype == "bf16":
        return (bits.astype(np.uint32) << 16).view(np.float32)
    return bits.view(np.float32)


def narrow(values, dtype):
    """Bits of fp32 values; bf16 by truncation, which is good enough for inputs."""
    values = np.ascontiguousarray(values, np.float32)
    if dtype == "f16":
        with np.errstate(over="ignore"):
            return values.astype(np.float16).view(np.uint16)
    if dtype == "bf16":
        return (values.view(np.uint32) >> 16).astype(np.uint16)
    return values.view(np.uint32).copy()


def gaussian(rows, cols, dtype, seed):
    return narrow(np.random.default_rng(seed).standard_normal((rows, cols), np.float32) * np.float32(0.02), dtype)


def smallest_subnormal(dtype):
    return {"f16": 2.0 ** -24, "bf16": 2.0 ** -133, "f32": 2.0 ** -149}[dtype]


def weights(cols, dtype, seed):
    """A matrix whose rows are one kind each: usual ones and all that is awkward."""
    rng = np.random.default_rng(seed)

    def normal():
        return rng.standard_normal(cols).astype(np.float32) * np.float32(0.02)

    sign_of_zero = np.where(rng.random(cols) < 0.5, np.float32(0.0), np.float32(-0.0))
    specials = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, smallest_subnormal(dtype)], np.float32)
    rows = [
        normal(),
        rng.choice(np.array([-2, -1, -0.5, 0.5, 1, 2], np.float32), cols),                # many ties
        np.where(rng.random(cols) < 0.5, sign_of_zero, normal()),                          # half zero, both signs
        np.full(cols, -0.25, np.float32),                                                  # all equal
        rng.choice(specials, cols),
        np.where(rng.random(cols) < 0.01, rng.choice(specials, cols), normal()),           # few specials
        np.full(cols, np.nan, np.float32),
        (rng.integers(-8, 9, cols) * smallest_subnormal(dtype)).astype(np.float32),        # subnormals
        np.exp(rng.standard_normal(cols) * 4).astype(np.float32),                          # beyond the window
        sign_of_zero,
        np.where(rng.random(cols) < 0.6, np.float32(np.nan), normal()),
        normal() * np.exp(rng.standard_normal(cols)).astype(np.float32),
    ]
    bits = narrow(np.stack(rows), dtype)
    if dtype != "f32" and cols > 2:
        bits[5, 1] = 0xFFFF                                                                # a negative NaN
    return bits


def activations(rows, cols, dtype, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, cols)).astype(np.float32)
    x[rng.random((rows, cols)) < 0.05] = 0
    x[rng.random((rows, cols)) < 0.02] = smallest_subnormal(dtype) * 3
    x[:, cols // 2] *= 60
    return narrow(x, dtype)


def statistic(cols, seed, kind):
    rng = np.random.default_rng(seed)
    s = np.exp(rng.standard_normal(cols)).astype(np.float32)
    s[rng.random(cols) < 0.01] = 0
    if kind == "special":
        for value in (np.inf, np.nan, -0.0, 0.0, 1e-42, 3e38):
            s[rng.random(cols) < 0.01] = value
        s[rng.integers(cols)] = np.inf
        s[rng.integers(cols)] = np.nan
    return s


# ---- statistic and scores --------------------------------------------------------------------------------------------

def input_norms(s, cols):
    if s is None:
        return np.ones(cols, np.float32)
    with np.errstate(invalid="ignore"):
        return np.sqrt(s) + np.float32(0)


def fma_of_square(x, total):
    """fl32(x * x + total), rounded once: the square is exact in double; rounding the sum to odd keeps what was lost."""
    square = x.astype(np.float64) ** 2
    total = total.astype(np.float64)
    high = square + total
    virtual = high - square
    low = (square - (high - virtual)) + (total - virtual)
    bits = np.ascontiguousarray(high).view(np.int64).copy()
    even = (bits & 1 == 0) & (low != 0)
    bits = np.where(even, bits + np.where(low > 0, 1, -1), bits)
    return bits.view(np.float64).astype(np.float32)


def fold_column_squares(bits, dtype, seqlen, before, s):
    x = widen(bits, dtype)
    cols = x.shape[1]
    sequences = x.shape[0] // seqlen
    mean = s.astype(np.float32).copy()
    slices = -(-seqlen // 64)
    for sequence in range(sequences):
        padded = np.zeros((slices * 64, cols), np.float32)
        padded[:seqlen] = x[sequence * seqlen:(sequence + 1) * seqlen]
        tokens = padded.reshape(slices, 8, 8, cols)
        chains = np.zeros((slices, 8, cols), np.float32)
        for k in range(8):
            chains = fma_of_square(tokens[:, :, k], chains)
        of_slice = chains[:, 0]
        for chain in range(1, 8):
            of_slice = of_slice + chains[:, chain]
        total = np.zeros(cols, np.float32)
        for i in range(slices):
            total = total + of_slice[i]
        n = before + sequence
        mean = mean * np.float32(n / (n + 1)) + total / np.float32(n + 1)
    return mean


def scores(bits, dtype, norms):
    """Bits of the scores as the kernel stores them: one pattern for every NaN."""
    with np.errstate(invalid="ignore", over="ignore"):
        products = np.abs(widen(bits, dtype)) * norms
    return np.minimum(products.view(np.uint32) & np.uint32(0x7FFFFFFF), np.uint32(0x7FC00000))


def keys(bits, dtype, norms):
    with np.errstate(invalid="ignore", over="ignore"):
        scores = np.abs(widen(bits, dtype)) * norms
    return np.minimum(scores.view(np.uint32) & np.uint32(0x7FFFFFFF), NAN_KEY)


# ---- selection -------------------------------------------------------------------------------------------------------

def ascending(row_keys):
    """Columns of each row by (key, column)."""
    return np.argsort(row_keys, axis=1, kind="stable")


def zero_smallest_in_rows(bits, order, k):
    out = bits.copy()
    np.put_along_axis(out, order[:, :k], 0, axis=1)
    return out


def zero_up_to_rank(bits, row_keys, order, rank):
    key = row_keys.reshape(-1)[order[0, rank]]
    if key == NAN_KEY:
        return bits.copy()
    return np.where(row_keys <= key, bits.dtype.type(0), bits)


def zero_smallest_in_groups(bits, row_keys, m, zeroed):
    rows, cols = bits.shape
    groups = -(-cols // m)
    padded = np.full((rows, groups * m), NO_KEY, np.uint32)
    padded[:, :cols] = row_keys
    order = np.argsort(padded.reshape(rows, groups, m), axis=2, kind="stable")
    goes = np.zeros((rows, groups, m), bool)
    np.put_along_axis(goes, order[:, :, :zeroed], True, axis=2)
    return np.where(goes.reshape(rows, -1)[:, :cols], bits.dtype.type(0), bits)


def sorted_scores(row_keys):
    ordered = np.sort(row_keys, axis=1)
    with np.errstate(invalid="ignore", over="ignore"):
        sums = np.cumsum(ordered.view(np.float32).astype(np.float64), axis=1).astype(np.float32)
    return ordered, sums


def share_limits(ordered, sums, alpha):
    """For each row the key below which weights go, and the number of all that do."""
    limits = np.zeros(ordered.shape[0], np.uint32)
    masked = 0
    with np.errstate(invalid="ignore"):
        for r in range(ordered.shape[0]):
            reached = int(np.count_nonzero(sums[r] <= np.float32(sums[r, -1] * np.float32(alpha))))
            if reached > 0:
                limits[r] = ordered[r, reached - 1] + np.uint32(1)
                masked += int(np.count_nonzero(ordered[r] < limits[r]))
    return limits, masked


# ---- 2:4 compression -------------------------------------------------------------------------------------------------

# By non-zero flags of the columns, first column first: PyTorch's metadata of the group.
NIBBLES = {"0000": 0xE, "1000": 0x8, "0100": 0x9, "1100": 0x4, "0010": 0xE, "1010": 0x8, "0110": 0x9, "1110": 0x4,
           "0001": 0xE, "1001": 0xC, "0101": 0xD, "1101": 0x4, "0011": 0xE, "1011": 0xC, "0111": 0xD, "1111": 0x4}


def reordered_index(r, q, rows):
    row, column = r // 32 * 32 + r % 8 * 4 + r % 32 // 8, q
    if row % 2 == 0 and column % 2 == 1:
        row, column = row + 1, column - 1
    elif row % 2 == 1 and column % 2 == 0:
        row, column = row - 1, column + 1
    return column // 2 * 2 * rows + 2 * row + column % 2


def reorder_map(rows, columns):
    """Flat index in the reordered form of each element of the row-major form."""
    return np.array([[reordered_index(r, q, rows) for q in range(columns)] for r in range(rows)])


def compress(pruned, reordered):
    """Values and metadata of a matrix with at most two non-zeros in each group of four."""
    rows, cols = pruned.shape
    groups = pruned.reshape(rows, cols // 4, 4)
    flags = (groups & 0x7FFF) != 0
    table = np.zeros(16, np.uint16)
    for text, nibble in NIBBLES.items():
        table[sum(1 << i for i in range(4) if text[i] == "1")] = nibble
    nibbles = table[(flags * np.array([1, 2, 4, 8])).sum(axis=2)]
    positions = np.stack([nibbles & 3, nibbles >> 2], axis=2)
    values = np.take_along_axis(groups, positions.astype(np.int64), axis=2).reshape(rows, cols // 2)
    quads = nibbles.reshape(rows, cols // 16, 4).astype(np.uint32)
    elements = (quads << np.array([0, 4, 8, 12], np.uint32)).sum(axis=2).astype(np.uint16)
    if not reordered:
        return values, elements
    flat = np.zeros(elements.size, np.uint16)
    flat[reorder_map(rows, cols // 16).reshape(-1)] = elements.reshape(-1)
    return values, flat


def decompress(values, metadata, reordered, rows, cols):
    elements = metadata
    if reordered:
        elements = metadata[reorder_map(rows, cols // 16)]
    elements = elements.reshape(rows, cols // 16, 1) >> np.array([0, 4, 8, 12], np.uint16)
    nibbles = (elements & 15).reshape(rows, cols // 4)
    positions = np.stack([nibbles & 3, nibbles >> 2], axis=2).astype(np.int64)
    groups = np.zeros((rows, cols // 4, 4), values.dtype)
    np.put_along_axis(groups, positions, values.reshape(rows, cols // 4, 2), axis=2)
    return groups.reshape(rows, cols)


def overfull_groups(bits):
    flags = (bits.reshape(bits.shape[0], -1, 4) & 0x7FFF) != 0
    return np.array([np.count_nonzero(flags.sum(axis=2) > 2)], np.uint32)


# ---- reports ---------------------------------------------------------------------------------------------------------

def is_zero(bits):
    return bits & bits.dtype.type(0x7FFF if bits.dtype == np.uint16 else 0x7FFFFFFF) == 0


def bitmap(bits):
    rows, cols = bits.shape
    words = -(-cols // 32)
    left = np.zeros((rows, words * 32), np.uint32)
    left[:, :cols] = ~is_zero(bits)
    return (left.reshape(rows, words, 32) << np.arange(32, dtype=np.uint32)).sum(axis=2).astype(np.uint32)


def zeros_by_tile(bits, tile_rows, tile_cols):
    zero = is_zero(bits).astype(np.uint32)
    by_rows = np.add.reduceat(zero, np.arange(0, bits.shape[0], tile_rows), axis=0)
    return np.add.reduceat(by_rows, np.arange(0, bits.shape[1], tile_cols), axis=1).astype(np.uint32)


# ---- comparison ------------------------------------------------------------------------------------------------------

def canonical(values):
    """Bits of fp32 values, one pattern for every NaN."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32).copy()
    bits[np.isnan(values)] = 0x7FFFFFFF
    return bits


def first_difference(what, expected, actual):
    """None if equal, else a sentence about the first element that differs."""
    if expected.shape != actual.shape:
        return "%s: shape %s, expected %s" % (what, actual.shape, expected.shape)
    different = np.argwhere(expected != actual)
    if len(different) == 0:
        return None
    at = tuple(different[0])
    return "%s: %d of %d differ, first at %s: %x, expected %x" % (
        what, len(different), expected.size, tuple(int(i) for i in at), int(actual[at]), int(expected[at]))
