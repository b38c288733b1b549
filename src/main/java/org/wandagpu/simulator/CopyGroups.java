package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The {@code cp.async} groups of a warp's lanes, each lane with its own. What they read is fixed when they are issued;
 * it lands when its lane waits for it.
 */
final class CopyGroups {

    private record Copy(int lane, int group, long target, byte[] content) {
    }

    private final Warp warp;
    private final List<Copy> copies = new ArrayList<>();
    private final int[] committed = new int[Warp.LANES];

    CopyGroups(Warp warp) {
        this.warp = warp;
    }

    void issue(int lane, long target, byte[] content) {
        warp.block.shared.beginCopy(warp, lane, target, content.length);
        copies.add(new Copy(lane, committed[lane], target, content));
    }

    void commit(int lanes) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            committed[Integer.numberOfTrailingZeros(rest)]++;
        }
    }

    /** Lets all copies of these lanes land, those of no group yet included. */
    void land(int lanes) {
        commit(lanes);
        await(lanes, 0);
    }

    /** Lets all but the {@code newest} last groups of these lanes land. */
    void await(int lanes, int newest) {
        for (Iterator<Copy> all = copies.iterator(); all.hasNext();) {
            Copy copy = all.next();
            if ((lanes >>> copy.lane & 1) != 0 && copy.group < committed[copy.lane] - newest) {
                all.remove();
                warp.block.shared.endCopy(warp, copy.lane, copy.target, copy.content);
            }
        }
    }
}
