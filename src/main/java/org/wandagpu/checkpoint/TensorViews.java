package org.wandagpu.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.wandagpu.tensor.HostTensor;

/** The entries of a header over the data they describe, as a map of tensors that are made when they are asked for. */
final class TensorViews extends AbstractMap<String, HostTensor> {

    private final Map<String, TensorEntry> entries;
    private final MemorySegment data;

    /** @param data what stands behind the header */
    TensorViews(Map<String, TensorEntry> entries, MemorySegment data) {
        this.entries = entries;
        this.data = data;
    }

    private HostTensor view(TensorEntry entry) {
        MemorySegment bytes = data.asSlice(entry.begin(), entry.byteSize());
        return new HostTensor(entry.name(), entry.dtype(), entry.shape(), bytes);
    }

    @Override
    public HostTensor get(Object name) {
        TensorEntry entry = entries.get(name);
        return entry == null ? null : view(entry);
    }

    @Override
    public boolean containsKey(Object name) {
        return entries.containsKey(name);
    }

    @Override
    public Set<String> keySet() {
        return entries.keySet();
    }

    @Override
    public Set<Entry<String, HostTensor>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return entries.size();
            }

            @Override
            public Iterator<Entry<String, HostTensor>> iterator() {
                Iterator<TensorEntry> all = entries.values().iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return all.hasNext();
                    }

                    @Override
                    public Entry<String, HostTensor> next() {
                        HostTensor tensor = view(all.next());
                        return Map.entry(tensor.name(), tensor);
                    }
                };
            }
        };
    }
}
