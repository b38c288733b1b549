package org.wandagpu.cuda;

/** A place in a stream's work, with the time at which it was passed. */
public final class Event extends Handle {

    private final long event;

    Event(Gpu gpu, long event) {
        super(gpu);
        this.event = event;
    }

    long handle() {
        checkOpen();
        return event;
    }

    /** Milliseconds from an earlier event to this one; waits until this one has passed. */
    public float millisecondsSince(Event earlier) {
        return driver().milliseconds(earlier.handle(), event);
    }

    @Override
    void giveBack(Driver driver) {
        driver.destroyEvent(event);
    }

    @Override
    public String toString() {
        return "event " + event;
    }
}
