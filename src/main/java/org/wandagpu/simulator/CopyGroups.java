package org.wandagpu.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The {@code cp.async} groups of a warp. What they read is fixed when they are issued; it lands when waited for. */
final class CopyGroups {

    private record Copy(int lane, long target, byte[] content) {
    }

    private final Warp warp;
    private final Deque<List<Copy>> committed = new ArrayDeque<>();
    private List<Copy> open = new ArrayList<>();

    CopyGroups(Warp warp) {
        this.warp = warp;
    }

    void issue(int lane, long target, byte[] content) {
        warp.block.shared.beginCopy(warp, lane, target, content.length);
        open.add(new Copy(lane, target, content));
    }

    void commit() {
        committed.add(open);
        open = new ArrayList<>();
    }

    /** Lets all but the {@code newest} last groups land. */
    void await(int newest) {
        while (committed.size() > newest) {
            for (Copy copy : committed.remove()) {
                warp.block.shared.endCopy(warp, copy.lane(), copy.target(), copy.content());
            }
        }
    }
}
