"""Runs every kernel of kernels/*.ptx on this machine's GPU against a naive oracle, bit for bit, then times the
large ones.

Needs Python 3, numpy and the NVIDIA driver (libcuda.so.1), nothing else.
Usage: python3 kernels/check/check.py [--quick] [--no-timing] [--only WORD]
Prints a line for each group of cases, OK or FAIL with the first difference, then a table of times. Exit code 1 on any
FAIL, 2 without a GPU. Importing this module needs no GPU: `oracles.py` holds what the kernels are compared with, `Plan`
below their launch shapes.
"""
import argparse
import ctypes
import os
import sys
import time

import numpy as np

import oracles as o

HERE = os.path.dirname(os.path.abspath(__file__))
KERNELS = os.path.dirname(HERE)
DTYPES = ("f16", "bf16", "f32")
WIDTHS = (1, 2, 3, 7, 8, 31, 33, 64, 127, 255, 4096, 4097, 11008, 28672, 65536)
LLAMA_7B = ((4096, 4096, 4), (11008, 4096, 2), (4096, 11008, 1))
LLAMA_7B_BLOCKS = 32
H100_BYTES_PER_SECOND = 3.35e12
SEED = 20240611


def ceil_div(a, b):
    return -(-a // b)


# ---- launch shapes: the one table ------------------------------------------------------------------------------------

class Plan:
    """Grid, block and variant of each entry by shape; no entry takes dynamic shared memory."""

    MAX_GRID_Y = 65535
    SLICE_TOKENS = 64

    @staticmethod
    def per_vector(dtype):
        return 4 if dtype == "f32" else 8

    @staticmethod
    def vectors_fit(dtype, cols, *pointers):
        """Whether rows can be read as 16-byte vectors."""
        return cols % Plan.per_vector(dtype) == 0 and all(p % 16 == 0 for p in pointers)

    @staticmethod
    def input_norms(cols):
        return (ceil_div(cols, 256), 1, 1), 256

    @staticmethod
    def column_squares_partial(dtype, sequences, seqlen, cols, x):
        e = Plan.per_vector(dtype) if Plan.vectors_fit(dtype, cols, x) else 1
        entry = "column_squares_partial_" + ("any_" if e == 1 else "") + dtype
        return entry, (ceil_div(cols, 32 * e), ceil_div(seqlen, Plan.SLICE_TOKENS), sequences), 256

    @staticmethod
    def column_squares_fold(cols):
        return (ceil_div(cols, 32), 1, 1), 256

    @staticmethod
    def scores(dtype, rows, cols, *pointers):
        vectors = cols % 8 == 0 and all(p % 16 == 0 for p in pointers)
        grid = (ceil_div(cols, 1024 if vectors else 128), min(ceil_div(rows, 4), Plan.MAX_GRID_Y), 1)
        return ("scores_" if vectors else "scores_any_") + dtype, grid, 128

    @staticmethod
    def select_rows_variant(dtype, cols):
        """Vectors a thread; 0: the row is too long for registers."""
        e = Plan.per_vector(dtype)
        return 0 if cols > 3584 * e else min(4, max(1, cols // (128 * e)))

    @staticmethod
    def select_rows_fast(dtype, v, rows, cols, processors=132):
        """Any grid does; this one fills the multiprocessors once, with 28 warps each."""
        warps = ceil_div(cols, 32 * v * Plan.per_vector(dtype))
        grid = min(rows, processors * max(1, 28 // warps))
        return "select_rows_v%d_%s" % (v, dtype), (grid, 1, 1), 32 * warps

    @staticmethod
    def select_rows_fast_limit(v):
        return (0, 512, 512, 896, 896)[v]

    @staticmethod
    def select_rows_general(dtype, rows, with_list):
        return "select_rows_general_" + dtype, (min(rows, 264) if with_list else rows, 1, 1), 512

    @staticmethod
    def select_groups(dtype, n, m, rows, cols, *pointers):
        """Entry, grid, block, and whether it takes (m, zeroed)."""
        if (n, m) in ((2, 4), (4, 8)) and cols % 8 == 0 and all(p % 16 == 0 for p in pointers):
            grid = (ceil_div(cols, 1024), min(ceil_div(rows, 4), Plan.MAX_GRID_Y), 1)
            return "select_groups_%d_%d_%s" % (n, m, dtype), grid, 128, False
        grid = (ceil_div(ceil_div(cols, m), 8 * (32 // m)), min(rows, Plan.MAX_GRID_Y), 1)
        return "select_groups_any_" + dtype, grid, 256, True

    @staticmethod
    def compress(rows, cols):
        return (ceil_div(cols, 512), ceil_div(rows, 32), 1), 256

    @staticmethod
    def unpack(rows, cols):
        return (ceil_div(cols, 2048), min(rows, Plan.MAX_GRID_Y), 1), 256

    @staticmethod
    def layer_histogram(rows):
        return (min(rows, 528), 1, 1), 512

    @staticmethod
    def layer_single():
        return (1, 1, 1), 1024

    @staticmethod
    def layer_rows(rows):
        return (rows, 1, 1), 256

    @staticmethod
    def share_sort(rows):
        return (rows, 1, 1), 512

    @staticmethod
    def share_sums(rows):
        return (ceil_div(rows, 8), 1, 1), 256

    @staticmethod
    def share_count(rows):
        return (ceil_div(rows, 128), 1, 1), 128

    @staticmethod
    def share_zero(rows):
        return (rows, 1, 1), 256

    @staticmethod
    def mask_bitmap(rows, cols):
        return (ceil_div(cols, 1024), min(rows, Plan.MAX_GRID_Y), 1), 256

    @staticmethod
    def count_zeros(rows, cols, tile_rows, tile_cols):
        return (ceil_div(cols, tile_cols), ceil_div(rows, tile_rows), 1), 256


# ---- the driver ------------------------------------------------------------------------------------------------------

class DriverError(Exception):
    pass


class Gpu:
    """The driver calls used here. Buffers have guard bytes on both sides, looked at when they are read back."""

    GUARD = 256
    GUARD_BYTE = 0xA5

    def __init__(self):
        try:
            self.lib = ctypes.CDLL("libcuda.so.1")
        except OSError as e:
            raise DriverError("no NVIDIA driver: %s" % e)
        self.call("cuInit", 0)
        count = ctypes.c_int()
        self.call("cuDeviceGetCount", ctypes.byref(count))
        if count.value == 0:
            raise DriverError("no CUDA device")
        device = ctypes.c_int()
        self.call("cuDeviceGet", ctypes.byref(device), 0)
        name = ctypes.create_string_buffer(128)
        self.call("cuDeviceGetName", name, 128, device)
        version = ctypes.c_int()
        self.call("cuDriverGetVersion", ctypes.byref(version))
        self.name = "%s, driver API %d.%d" % (name.value.decode(), version.value // 1000, version.value % 1000 // 10)
        context = ctypes.c_void_p()
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        self.call("cuCtxSetCurrent", context)
        self.functions = {}
        self.buffers = {}

    def call(self, function, *args):
        result = getattr(self.lib, function)(*args)
        if result != 0:
            text = ctypes.c_char_p()
            self.lib.cuGetErrorString(result, ctypes.byref(text))
            raise DriverError("%s: %d %s" % (function, result, (text.value or b"").decode()))

    def load(self, path):
        with open(path, "rb") as f:
            ptx = f.read() + b"\0"
        log = ctypes.create_string_buffer(8192)
        # CU_JIT_ERROR_LOG_BUFFER 5, its size 6
        options = (ctypes.c_int * 2)(5, 6)
        values = (ctypes.c_void_p * 2)(ctypes.addressof(log), 8192)
        module = ctypes.c_void_p()
        try:
            self.call("cuModuleLoadDataEx", ctypes.byref(module), ptx, 2, options, values)
        except DriverError as e:
            raise DriverError("%s: %s\n%s" % (os.path.basename(path), e, log.value.decode(errors="replace")))
        entries = []
        for line in ptx.decode().splitlines():
            if ".entry " in line:
                entry = line.split(".entry ")[1].split("(")[0].strip()
                function = ctypes.c_void_p()
                self.call("cuModuleGetFunction", ctypes.byref(function), module, entry.encode())
                self.functions[entry] = function
                entries.append(entry)
        return entries

    def attribute(self, entry, which):
        value = ctypes.c_int()
        self.call("cuFuncGetAttribute", ctypes.byref(value), which, self.functions[entry])
        return value.value

    def allocate(self, size):
        """Device address; the memory is filled with the guard byte."""
        total = size + 2 * self.GUARD
        address = ctypes.c_uint64()
        self.call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(total))
        self.call("cuMemsetD8_v2", address, ctypes.c_ubyte(self.GUARD_BYTE), ctypes.c_size_t(total))
        start = address.value + self.GUARD
        self.buffers[start] = (address, size)
        return start

    def upload(self, array):
        array = np.ascontiguousarray(array)
        start = self.allocate(array.nbytes)
        self.write(start, array)
        return start

    def write(self, start, array):
        array = np.ascontiguousarray(array)
        self.call("cuMemcpyHtoD_v2", ctypes.c_uint64(start), array.ctypes.data_as(ctypes.c_void_p),
                  ctypes.c_size_t(array.nbytes))

    def zeros(self, size):
        start = self.allocate(size)
        self.clear(start, size)
        return start

    def clear(self, start, size):
        self.call("cuMemsetD8_v2", ctypes.c_uint64(start), ctypes.c_ubyte(0), ctypes.c_size_t(size))

    def copy(self, target, source, size):
        self.call("cuMemcpyDtoD_v2", ctypes.c_uint64(target), ctypes.c_uint64(source), ctypes.c_size_t(size))

    def read(self, start, dtype, shape):
        """The buffer's first elements; raises if a byte outside the buffer has changed."""
        address, size = self.buffers[start]
        raw = np.empty(size + 2 * self.GUARD, np.uint8)
        self.call("cuMemcpyDtoH_v2", raw.ctypes.data_as(ctypes.c_void_p), address, ctypes.c_size_t(raw.nbytes))
        if (raw[:self.GUARD] != self.GUARD_BYTE).any() or (raw[self.GUARD + size:] != self.GUARD_BYTE).any():
            raise DriverError("a kernel wrote outside a buffer of %d bytes" % size)
        count = int(np.prod(shape)) * np.dtype(dtype).itemsize
        return raw[self.GUARD:self.GUARD + count].view(dtype).reshape(shape).copy()

    def free_all(self):
        for address, _ in self.buffers.values():
            self.call("cuMemFree_v2", address)
        self.buffers.clear()

    def prepared(self, entry, grid, block, *args):
        """A launch ready to go: ints become s32, floats f32, `Address` u64."""
        values = []
        for a in args:
            values.append(ctypes.c_uint64(a.start) if isinstance(a, Address)
                          else ctypes.c_float(a) if isinstance(a, float) else ctypes.c_int32(a))
        pointers = (ctypes.c_void_p * len(values))(*[ctypes.addressof(v) for v in values])
        function = self.functions[entry]
        launch = self.lib.cuLaunchKernel
        null = ctypes.c_void_p()

        def go(keep=values):
            result = launch(function, grid[0], grid[1], grid[2], block, 1, 1, 0, null, pointers, null)
            if result != 0:
                raise DriverError("%s: launch failed with %d for grid %s, block %d" % (entry, result, grid, block))
        return go

    def launch(self, entry, grid, block, *args):
        self.prepared(entry, grid, block, *args)()

    def synchronize(self):
        self.call("cuCtxSynchronize")

    def event(self):
        event = ctypes.c_void_p()
        self.call("cuEventCreate", ctypes.byref(event), 0)
        return event

    def milliseconds(self, start, end):
        self.call("cuEventSynchronize", end)
        elapsed = ctypes.c_float()
        self.call("cuEventElapsedTime", ctypes.byref(elapsed), start, end)
        return elapsed.value


class Address:
    def __init__(self, start):
        self.start = start


# ---- checks ----------------------------------------------------------------------------------------------------------

class Checks:
    def __init__(self, gpu, quick):
        self.gpu = gpu
        self.quick = quick
        self.failures = 0
        self.group = None

    def run(self, name, body):
        self.cases = 0
        self.problem = None
        started = time.time()
        try:
            body()
        except DriverError as e:
            self.problem = str(e)
        finally:
            try:
                self.gpu.free_all()
            except DriverError as e:
                self.problem = self.problem or str(e)
        if self.problem is None:
            print("OK    %-42s %4d cases  %5.1f s" % (name, self.cases, time.time() - started), flush=True)
        else:
            self.failures += 1
            print("FAIL  %-42s %s" % (name, self.problem), flush=True)

    def equal(self, what, expected, actual):
        self.cases += 1
        if self.problem is None:
            self.problem = o.first_difference(what, expected, actual)

    # One check a kernel family. All use few rows of many kinds, see oracles.weights.

    def input_norms(self):
        g = self.gpu
        for cols in WIDTHS:
            s = o.statistic(cols, SEED, "special")
            for source in (s, None):
                out = g.allocate(4 * cols)
                grid, block = Plan.input_norms(cols)
                g.launch("input_norms", grid, block, Address(0 if source is None else g.upload(s)), Address(out), cols)
                expected = o.input_norms(source, cols)
                actual = g.read(out, np.float32, (cols,))
                self.equal("input_norms cols=%d" % cols, o.canonical(expected), o.canonical(actual))
            g.free_all()

    def column_squares(self, dtype):
        g = self.gpu
        shapes = [(1, 1, c) for c in WIDTHS] + [(2, 7, 40), (3, 64, 33), (1, 65, 264), (2, 200, 1000), (5, 8, 8),
                                                (1, 2048, 520), (3, 129, 4096), (19, 70, 64)]
        for sequences, seqlen, cols in shapes:
            x = o.activations(sequences * seqlen, cols, dtype, SEED + cols)
            for before in (0, 5):
                for shift in (0, 1):
                    size = o.size_of(dtype)
                    base = g.allocate(x.nbytes + 16)
                    start = base + shift * size
                    g.write(start, x)
                    s = np.abs(o.activations(1, cols, "f32", 3).view(np.float32)[0]).astype(np.float32)
                    sums = g.upload(s)
                    entry, grid, block = Plan.column_squares_partial(dtype, sequences, seqlen, cols, start)
                    partial = g.allocate(4 * grid[2] * grid[1] * cols)
                    g.launch(entry, grid, block, Address(start), Address(partial), seqlen, cols)
                    slices = grid[1]
                    grid, block = Plan.column_squares_fold(cols)
                    g.launch("column_squares_fold", grid, block, Address(partial), Address(sums), sequences, slices,
                             cols, before)
                    expected = o.fold_column_squares(x, dtype, seqlen, before, s)
                    g.read(partial, np.float32, (1,))
                    self.equal("%s sequences=%d seqlen=%d cols=%d before=%d" % (entry, sequences, seqlen, cols, before),
                               expected.view(np.uint32), g.read(sums, np.uint32, (cols,)))
                    g.free_all()

    def select_rows(self, dtype):
        g = self.gpu
        for cols in WIDTHS:
            w = o.weights(cols, dtype, SEED + cols)
            rows = w.shape[0]
            for kind in ("usual", "special", "none"):
                norms = o.input_norms(None if kind == "none" else o.statistic(cols, SEED + 1, kind), cols)
                order = o.ascending(o.keys(w, dtype, norms))
                norms_at = g.upload(norms)
                w_at = g.allocate(w.nbytes + 16)
                todo = g.allocate(4 * (rows + 1))
                for k in sorted({0, 1, cols // 2, cols * 7 // 10, cols - 1, cols}):
                    expected = o.zero_smallest_in_rows(w, order, k)
                    for v in (1, 2, 3, 4):
                        entry, grid, block = Plan.select_rows_fast(dtype, v, rows, cols)
                        if (k == 0 or block > Plan.select_rows_fast_limit(v)
                                or not Plan.vectors_fit(dtype, cols, w_at, norms_at)):
                            continue
                        # A block a row, and two blocks that walk over the rows, with and without a list.
                        for blocks, listed in ((grid[0], True), (min(2, rows), True), (min(2, rows), False)):
                            g.write(w_at, w)
                            g.clear(todo, 4)
                            args = (Address(w_at), Address(norms_at), rows, cols, k)
                            g.launch(entry, (blocks, 1, 1), block, *args, Address(todo if listed else 0))
                            if listed:
                                general = Plan.select_rows_general(dtype, rows, True)
                                g.launch(*general, *args, Address(todo))
                            actual = g.read(w_at, w.dtype, w.shape)
                            self.equal("select_rows_v%d_%s cols=%d k=%d norms=%s blocks=%d listed=%s" % (
                                v, dtype, cols, k, kind, blocks, listed), expected, actual)
                            g.read(todo, np.uint32, (1,))
                    shift = (0, o.size_of(dtype))[k % 2]
                    g.write(w_at + shift, w)
                    entry, grid, block = Plan.select_rows_general(dtype, rows, False)
                    g.launch(entry, grid, block, Address(w_at + shift), Address(norms_at), rows, cols, k, Address(0))
                    elements = shift // o.size_of(dtype)
                    actual = g.read(w_at, w.dtype, (w.size + elements,))[elements:].reshape(w.shape)
                    self.equal("%s cols=%d k=%d norms=%s shift=%d" % (entry, cols, k, kind, shift), expected, actual)
                g.free_all()

    def select_rows_usual(self, dtype):
        """Gaussian weights: the fast path must do the rows itself."""
        g = self.gpu
        for cols in (4096, 11008, 28672):
            v = Plan.select_rows_variant(dtype, cols)
            if v == 0:
                continue
            rows = 64
            w = o.gaussian(rows, cols, dtype, SEED)
            norms = o.input_norms(o.statistic(cols, SEED, "usual"), cols)
            k = cols // 2
            w_at, norms_at, todo = g.upload(w), g.upload(norms), g.zeros(4 * (rows + 1))
            entry, grid, block = Plan.select_rows_fast(dtype, v, rows, cols, 4)
            g.launch(entry, grid, block, Address(w_at), Address(norms_at), rows, cols, k, Address(todo))
            expected = o.zero_smallest_in_rows(w, o.ascending(o.keys(w, dtype, norms)), k)
            self.equal("%s cols=%d: rows handed over" % (entry, cols), np.zeros(1, np.uint32),
                       g.read(todo, np.uint32, (1,)))
            self.equal("%s cols=%d alone" % (entry, cols), expected, g.read(w_at, w.dtype, w.shape))
            g.free_all()

    def select_layer(self, dtype):
        g = self.gpu
        for cols in WIDTHS:
            w = o.weights(cols, dtype, SEED + cols)
            rows, count = w.shape[0], w.size
            for kind in ("usual", "none"):
                norms = o.input_norms(None if kind == "none" else o.statistic(cols, SEED + 1, kind), cols)
                keys = o.keys(w, dtype, norms)
                order = o.ascending(keys.reshape(1, -1))
                norms_at = g.upload(norms)
                w_at = g.allocate(w.nbytes)
                ties = g.allocate(4 * rows)
                counts = g.allocate(8 * 3 * 2048)
                state = g.allocate(8 * 5)
                for up_to, rank in [(0, r) for r in sorted({0, count // 2, count - 1})] + [(1, 0), (1, count // 2),
                                                                                         (1, count - 1)]:
                    g.write(w_at, w)
                    g.clear(counts, 8 * 3 * 2048)
                    g.write(state, np.array([rank, 0, 0, 0, 0], np.uint64))
                    self.launch_layer(dtype, w_at, norms_at, rows, cols, up_to, state, counts, ties)
                    if up_to:
                        expected = o.zero_up_to_rank(w, keys, order, rank)
                    else:
                        expected = o.zero_smallest_in_rows(w.reshape(1, -1), order, rank + 1).reshape(w.shape)
                    self.equal("select_layer %s cols=%d rank=%d upTo=%d norms=%s" % (dtype, cols, rank, up_to, kind),
                               expected, g.read(w_at, w.dtype, w.shape))
                    g.read(ties, np.uint32, (rows,))
                g.free_all()

    def launch_layer(self, dtype, w, norms, rows, cols, up_to, state, counts, ties):
        g = self.gpu
        w, norms, state, counts, ties = map(Address, (w, norms, state, counts, ties))
        for digit in range(3):
            grid, block = Plan.layer_histogram(rows)
            g.launch("layer_histogram_" + dtype, grid, block, w, norms, rows, cols, digit, state, counts)
            grid, block = Plan.layer_single()
            g.launch("layer_pick", grid, block, digit, up_to, state, counts)
        grid, block = Plan.layer_rows(rows)
        g.launch("layer_count_ties_" + dtype, grid, block, w, norms, rows, cols, state, ties)
        g.launch("layer_spread_ties", *Plan.layer_single(), rows, state, ties)
        g.launch("layer_zero_" + dtype, grid, block, w, norms, rows, cols, state, ties)

    def layer_of_many_rows(self):
        """More rows than a block of layer_spread_ties has threads, all weights equal or zero."""
        g = self.gpu
        rows, cols = 2500, 3
        rng = np.random.default_rng(SEED)
        w = np.where(rng.random((rows, cols)) < 0.5, 0x3C00, 0x8000).astype(np.uint16)
        norms = o.input_norms(None, cols)
        order = o.ascending(o.keys(w, "f16", norms).reshape(1, -1))
        for rank in (10, 5000, 7000):
            w_at, norms_at = g.upload(w), g.upload(norms)
            state = g.upload(np.array([rank, 0, 0, 0, 0], np.uint64))
            self.launch_layer("f16", w_at, norms_at, rows, cols, 0, state, g.zeros(8 * 3 * 2048), g.allocate(4 * rows))
            expected = o.zero_smallest_in_rows(w.reshape(1, -1), order, rank + 1).reshape(w.shape)
            self.equal("select_layer rows=%d rank=%d" % (rows, rank), expected, g.read(w_at, w.dtype, w.shape))

    def select_groups(self, dtype):
        g = self.gpu
        patterns = ((2, 4), (4, 8), (1, 4), (3, 5), (1, 1), (8, 16), (7, 31), (16, 32), (0, 3))
        for cols in WIDTHS:
            w = o.weights(cols, dtype, SEED + cols)
            rows = w.shape[0]
            for kind in ("usual", "special"):
                norms = o.input_norms(o.statistic(cols, SEED + 1, kind), cols)
                keys = o.keys(w, dtype, norms)
                norms_at = g.upload(norms)
                w_at = g.allocate(w.nbytes + 16)
                for n, m in patterns:
                    if self.quick and cols > 30000:
                        continue
                    expected = o.zero_smallest_in_groups(w, keys, m, m - n)
                    for shift in (0, o.size_of(dtype)) if m in (4, 8) else (0,):
                        start = w_at + shift
                        g.write(start, w)
                        entry, grid, block, general = Plan.select_groups(dtype, n, m, rows, cols, start, norms_at)
                        g.launch(entry, grid, block, Address(start), Address(norms_at), rows, cols,
                                 *((m, m - n) if general else ()))
                        elements = shift // o.size_of(dtype)
                        actual = g.read(w_at, w.dtype, (w.size + elements,))[elements:].reshape(w.shape)
                        self.equal("%s %d:%d cols=%d norms=%s shift=%d" % (entry, n, m, cols, kind, shift),
                                   expected, actual)
                g.free_all()

    def compress_24(self, dtype):
        g = self.gpu
        for rows, cols, reordered in ((1, 16, 0), (7, 48, 0), (33, 528, 0), (32, 32, 1), (64, 544, 1), (96, 4096, 0),
                                      (96, 4096, 1), (32, 11008, 1), (5, 11008, 0)):
            w = np.resize(o.weights(cols, dtype, SEED + cols), (rows, cols))
            for kind in ("usual", "special", "none"):
                norms = o.input_norms(None if kind == "none" else o.statistic(cols, SEED + 1, kind), cols)
                pruned = o.zero_smallest_in_groups(w, o.keys(w, dtype, norms), 4, 2)
                values, metadata = o.compress(pruned, reordered)
                label = "rows=%d cols=%d reordered=%d norms=%s" % (rows, cols, reordered, kind)
                w_at, norms_at, pruned_at = g.upload(w), g.upload(norms), g.upload(pruned)
                grid, block = Plan.compress(rows, cols)
                for entry in ("compress_24_select_" + dtype, "compress_24_pack"):
                    v, m, overfull = g.allocate(values.nbytes), g.allocate(metadata.nbytes), g.zeros(4)
                    if entry == "compress_24_pack":
                        g.launch(entry, grid, block, Address(pruned_at), rows, cols, Address(v), Address(m), reordered,
                                 Address(overfull))
                    else:
                        g.launch(entry, grid, block, Address(w_at), Address(norms_at), rows, cols, Address(v),
                                 Address(m), reordered)
                    self.equal(entry + " values " + label, values, g.read(v, np.uint16, values.shape))
                    self.equal(entry + " metadata " + label, metadata, g.read(m, np.uint16, metadata.shape))
                    self.equal(entry + " overfull " + label, np.zeros(1, np.uint32), g.read(overfull, np.uint32, (1,)))
                back = g.allocate(w.nbytes)
                g.launch("compress_24_unpack", *Plan.unpack(rows, cols), Address(v), Address(m), reordered, rows, cols,
                         Address(back))
                self.equal("compress_24_unpack " + label, o.decompress(values, metadata, reordered, rows, cols),
                           g.read(back, np.uint16, w.shape))
                g.launch("compress_24_pack", grid, block, Address(w_at), rows, cols, Address(v), Address(m), reordered,
                         Address(overfull))
                self.equal("compress_24_pack of a dense matrix " + label, o.overfull_groups(w),
                           g.read(overfull, np.uint32, (1,)))
                g.free_all()

    def share_search(self, dtype):
        g = self.gpu
        for cols in WIDTHS:
            w = o.weights(cols, dtype, SEED + cols)
            rows = w.shape[0]
            for kind in ("usual", "none"):
                norms = o.input_norms(None if kind == "none" else o.statistic(cols, SEED + 1, kind), cols)
                keys, sums = o.sorted_scores(o.keys(w, dtype, norms))
                w_at, norms_at = g.upload(w), g.upload(norms)
                keys_at, sums_at, masked = g.allocate(keys.nbytes), g.allocate(sums.nbytes), g.allocate(8)
                g.launch("share_sort_" + dtype, *Plan.share_sort(rows), Address(w_at), Address(norms_at), rows, cols,
                         Address(keys_at))
                g.launch("share_sums", *Plan.share_sums(rows), Address(keys_at), rows, cols, Address(sums_at))
                label = "%s cols=%d norms=%s" % (dtype, cols, kind)
                self.equal("share_sort " + label, keys, g.read(keys_at, np.uint32, keys.shape))
                actual = g.read(sums_at, np.float32, sums.shape)
                self.equal("share_sums " + label, o.canonical(sums), o.canonical(actual))
                for alpha in (0.0, 0.1, 0.4, 0.8, 1.0):
                    limits, expected_count = o.share_limits(keys, sums, alpha)
                    g.clear(masked, 8)
                    g.launch("share_count", *Plan.share_count(rows), Address(keys_at), Address(sums_at), rows, cols,
                             float(alpha), Address(masked))
                    self.equal("share_count %s alpha=%g" % (label, alpha), np.array([expected_count], np.uint64),
                               g.read(masked, np.uint64, (1,)))
                    g.write(w_at, w)
                    g.launch("share_zero_" + dtype, *Plan.share_zero(rows), Address(w_at), Address(norms_at), rows,
                             cols, Address(keys_at), Address(sums_at), float(alpha))
                    expected = np.where(o.keys(w, dtype, norms) < limits[:, None], w.dtype.type(0), w)
                    self.equal("share_zero %s alpha=%g" % (label, alpha), expected, g.read(w_at, w.dtype, w.shape))
                g.free_all()

    def scores(self, dtype):
        g = self.gpu
        for cols in WIDTHS:
            norms = o.input_norms(o.statistic(cols, SEED + 1, "usual"), cols)
            w = o.weights(cols, dtype, SEED + cols)
            rows = w.shape[0]
            w_at, norms_at, out = g.upload(w), g.upload(norms), g.allocate(4 * w.size)
            entry, grid, block = Plan.scores(dtype, rows, cols, w_at, norms_at)
            g.launch(entry, grid, block, Address(w_at), Address(norms_at), rows, cols, Address(out))
            self.equal("%s cols=%d" % (entry, cols), o.scores(w, dtype, norms), g.read(out, np.uint32, w.shape))
            g.free_all()

    def mask_bitmap(self, dtype):
        g = self.gpu
        bits = "32" if dtype == "f32" else "16"
        for cols in WIDTHS:
            w = o.weights(cols, dtype, SEED + cols)
            rows = w.shape[0]
            expected = o.bitmap(w)
            w_at, out = g.upload(w), g.allocate(expected.nbytes)
            g.launch("mask_bitmap_" + bits, *Plan.mask_bitmap(rows, cols), Address(w_at), rows, cols, Address(out))
            self.equal("mask_bitmap_%s cols=%d" % (bits, cols), expected, g.read(out, np.uint32, expected.shape))
            for tile in ((1, cols), (3, 17), (rows, cols), (128, 128)):
                expected_counts = o.zeros_by_tile(w, *tile)
                counts = g.allocate(expected_counts.nbytes)
                g.launch("count_zeros_" + bits, *Plan.count_zeros(rows, cols, *tile), Address(w_at), rows, cols,
                         tile[0], tile[1], Address(counts))
                self.equal("count_zeros_%s cols=%d tile=%s" % (bits, cols, tile), expected_counts,
                           g.read(counts, np.uint32, expected_counts.shape))
            g.free_all()


# ---- times -----------------------------------------------------------------------------------------------------------

class Timing:
    """Median over rounds; a round launches once on each of several matrices that together exceed twice the L2 cache."""

    ROUNDS = 21
    ROTATED_BYTES = 256 << 20

    def __init__(self, gpu):
        self.gpu = gpu
        self.totals = {}
        self.begin, self.end = gpu.event(), gpu.event()

    def measure(self, what, rows, cols, times, bytes_moved, launches, restore):
        samples = []
        for _ in range(self.ROUNDS + 1):
            restore()
            self.gpu.synchronize()
            self.gpu.call("cuEventRecord", self.begin, None)
            for go in launches:
                go()
            self.gpu.call("cuEventRecord", self.end, None)
            samples.append(self.gpu.milliseconds(self.begin, self.end) / len(launches))
        samples = sorted(samples[1:])
        ms = samples[len(samples) // 2]
        rate = bytes_moved / (ms * 1e-3)
        print("%-34s %6d x %-6d %8.1f MB %9.2f us  (%.2f - %.2f) %8.0f GB/s %5.1f %%" % (
            what, rows, cols, bytes_moved / 1e6, ms * 1e3, samples[2] * 1e3, samples[-3] * 1e3, rate / 1e9,
            100 * rate / H100_BYTES_PER_SECOND), flush=True)
        if times:
            self.totals[what] = self.totals.get(what, 0.0) + ms * times * LLAMA_7B_BLOCKS

    def run(self):
        print("\noperation                            rows x cols       bytes    median      (10 - 90 %)"
              "                 of 3.35 TB/s")
        for rows, cols, times in LLAMA_7B:
            self.matrix(rows, cols, times)
            self.gpu.free_all()
        self.matrix(8192, 28672, 0)
        self.gpu.free_all()
        for cols in (4096, 11008):
            for dtype in ("f16", "f32"):
                for sequences in (1, 8):
                    self.squares(dtype, sequences, 2048, cols)
            self.gpu.free_all()
        print("\nall weights of LLaMA-7B's blocks:")
        for what, ms in self.totals.items():
            print("%-34s %8.2f ms" % (what, ms))

    def matrix(self, rows, cols, times):
        g = self.gpu
        dtype = "f16"
        size = 2 * rows * cols
        k = cols // 2
        sample = o.gaussian(256, cols, dtype, SEED)
        source = g.upload(np.resize(sample, (rows, cols)))
        norms = Address(g.upload(o.input_norms(o.statistic(cols, SEED, "usual"), cols)))
        copies = max(2, ceil_div(self.ROTATED_BYTES, size))
        targets = [g.allocate(size) for _ in range(copies)]
        values = [g.allocate(size // 2) for _ in range(copies)]
        metadata = [g.allocate(size // 16) for _ in range(copies)]
        todos = [g.allocate(4 * (rows + 1)) for _ in range(copies)]

        def restore():
            for target, todo in zip(targets, todos):
                g.copy(target, source, size)
                g.clear(todo, 4)

        chosen = Plan.select_rows_variant(dtype, cols)
        for v in (1, 2, 3, 4):
            entry, grid, block = Plan.select_rows_fast(dtype, v, rows, cols)
            if block > Plan.select_rows_fast_limit(v):
                continue
            launches = [g.prepared(entry, grid, block, Address(t), norms, rows, cols, k, Address(todo))
                        for t, todo in zip(targets, todos)]
            self.measure("%s, %d threads" % (entry, block), rows, cols, 0, 2 * size, launches, restore)
            if v == chosen:
                self.measure("select_rows, chosen, no list", rows, cols, times, 2 * size,
                             [g.prepared(entry, grid, block, Address(t), norms, rows, cols, k, Address(0))
                              for t in targets], restore)
                left = g.read(todos[0], np.uint32, (1,))[0]
                entry, grid, block = Plan.select_rows_general(dtype, rows, True)
                both = []
                for go, t, todo in zip(launches, targets, todos):
                    both += [go, g.prepared(entry, grid, block, Address(t), norms, rows, cols, k, Address(todo))]
                pairs = [lambda a=both[2 * i], b=both[2 * i + 1]: (a(), b()) for i in range(copies)]
                self.measure("select_rows, chosen + list of %d" % left if left else "select_rows, chosen + empty list",
                             rows, cols, times, 2 * size, pairs, restore)
        entry, grid, block = Plan.select_rows_general(dtype, rows, False)
        self.measure("select_rows_general", rows, cols, 0, 2 * size,
                     [g.prepared(entry, grid, block, Address(t), norms, rows, cols, k, Address(0)) for t in targets],
                     restore)
        for n, m in ((2, 4), (4, 8)):
            entry, grid, block, _ = Plan.select_groups(dtype, n, m, rows, cols)
            self.measure("select_groups %d:%d" % (n, m), rows, cols, times, 2 * size,
                         [g.prepared(entry, grid, block, Address(t), norms, rows, cols) for t in targets], restore)
        grid, block = Plan.compress(rows, cols)
        for reordered in (0, 1):
            self.measure("compress_24_select reordered=%d" % reordered, rows, cols, times, size * 25 // 16,
                         [g.prepared("compress_24_select_f16", grid, block, Address(t), norms, rows, cols, Address(v),
                                     Address(m), reordered) for t, v, m in zip(targets, values, metadata)], restore)
        state = g.upload(np.array([rows * cols // 2, 0, 0, 0, 0], np.uint64))
        counts = g.zeros(8 * 3 * 2048)
        grid, block = Plan.layer_histogram(rows)
        self.measure("layer_histogram, first digit", rows, cols, 0, size,
                     [g.prepared("layer_histogram_f16", grid, block, Address(t), norms, rows, cols, 0, Address(state),
                                 Address(counts)) for t in targets], restore)

    def squares(self, dtype, sequences, seqlen, cols):
        g = self.gpu
        tokens = sequences * seqlen
        size = tokens * cols * o.size_of(dtype)
        x = np.resize(o.gaussian(256, cols, dtype, SEED), (tokens, cols))
        copies = max(2, ceil_div(self.ROTATED_BYTES, size))
        inputs = [g.upload(x) for _ in range(copies)]
        s = g.zeros(4 * cols)
        launches = []
        for at in inputs:
            entry, grid, block = Plan.column_squares_partial(dtype, sequences, seqlen, cols, at)
            partial = g.allocate(4 * grid[2] * grid[1] * cols)
            fold = Plan.column_squares_fold(cols)
            first = g.prepared(entry, grid, block, Address(at), Address(partial), seqlen, cols)
            second = g.prepared("column_squares_fold", *fold, Address(partial), Address(s), sequences, grid[1],
                                cols, 0)
            launches.append(lambda a=first, b=second: (a(), b()))
        what = "column_squares_%s, %d sequences" % (dtype, sequences)
        self.measure(what, tokens, cols, 0, size, launches, lambda: None)


def main():
    arguments = argparse.ArgumentParser(description="checks the CUDA kernels on this machine's GPU")
    arguments.add_argument("--quick", action="store_true", help="leave out the slowest cases")
    arguments.add_argument("--no-timing", action="store_true", help="check only")
    arguments.add_argument("--only", default="", help="only groups of cases whose name has this word")
    options = arguments.parse_args()
    started = time.time()
    try:
        gpu = Gpu()
        print("device: " + gpu.name)
        spilling = []
        for name in sorted(os.listdir(KERNELS)):
            if name.endswith(".ptx"):
                for entry in gpu.load(os.path.join(KERNELS, name)):
                    # CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES 3
                    if gpu.attribute(entry, 3) > 0:
                        spilling.append(entry)
        print("%d entries loaded; with local memory: %s" % (len(gpu.functions), ", ".join(spilling) or "none"))
    except DriverError as e:
        print("check: %s" % e, file=sys.stderr)
        return 2
    checks = Checks(gpu, options.quick)
    groups = [("input_norms", checks.input_norms), ("select_layer many rows", checks.layer_of_many_rows)]
    for family in ("column_squares", "scores", "select_rows", "select_rows_usual", "select_layer", "select_groups",
                   "share_search", "mask_bitmap"):
        for dtype in DTYPES:
            groups.append(("%s %s" % (family, dtype), lambda f=family, d=dtype: getattr(checks, f)(d)))
    for dtype in ("f16", "bf16"):
        groups.append(("compress_24 " + dtype, lambda d=dtype: checks.compress_24(d)))
    for name, body in groups:
        if options.only in name:
            checks.run(name, body)
    if not options.no_timing:
        try:
            Timing(gpu).run()
        except DriverError as e:
            checks.failures += 1
            print("FAIL  timing: %s" % e)
    print("\n%s in %.0f s" % ("all OK" if checks.failures == 0 else "%d groups FAILED" % checks.failures,
                             time.time() - started))
    return 1 if checks.failures else 0


if __name__ == "__main__":
    sys.exit(main())
