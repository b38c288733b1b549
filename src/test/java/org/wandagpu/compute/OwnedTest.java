package org.wandagpu.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One owner of several resources. */
class OwnedTest {

    private final List<String> closed = new ArrayList<>();

    private AutoCloseable resource(String name) {
        return () -> closed.add(name);
    }

    private AutoCloseable failing(String name) {
        return () -> {
            closed.add(name);
            throw new IllegalArgumentException(name);
        };
    }

    @Test
    void resourcesAreClosedOnceInReverse() {
        Owned owned = new Owned();
        owned.add(resource("a"));
        owned.add(resource("b"));
        owned.close();
        owned.close();
        assertThat(closed).containsExactly("b", "a");
    }

    @Test
    void aFailureDoesNotKeepTheOthersOpen() {
        Owned owned = new Owned();
        owned.add(resource("a"));
        owned.add(failing("b"));
        owned.add(failing("c"));
        assertThatThrownBy(owned::close).isInstanceOf(IllegalArgumentException.class).hasMessage("c")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("c", "b", "a");
    }

    @Test
    void whatIsNotBuiltToTheEndIsClosed() {
        assertThatThrownBy(() -> Owned.build(owned -> {
            owned.add(resource("a"));
            throw new OutOfMemoryError("second");
        })).isInstanceOf(OutOfMemoryError.class);
        assertThat(closed).containsExactly("a");
        AutoCloseable kept = Owned.build(owned -> owned.add(resource("b")));
        assertThat(kept).isNotNull();
        assertThat(closed).containsExactly("a");
    }
}
