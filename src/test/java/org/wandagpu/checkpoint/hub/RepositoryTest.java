package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.UsageException;

class RepositoryTest {

    @ParameterizedTest
    @CsvSource({
        "gpt2, gpt2, main, models--gpt2",
        "owner/name, owner/name, main, models--owner--name",
        "a-b.c_d/e.f-g_h@v1.0, a-b.c_d/e.f-g_h, v1.0, models--a-b.c_d--e.f-g_h",
        "owner/name@refs/pr/3, owner/name, refs/pr/3, models--owner--name",
    })
    void namesAreReadWithTheirRevision(String id, String name, String revision, String folder) {
        Repository repository = Repository.parse(Repository.Kind.MODEL, id);
        assertThat(repository).isEqualTo(new Repository(Repository.Kind.MODEL, name, revision));
        assertThat(repository.folder()).isEqualTo(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a/", "/a", "a/b/c", "a b", "..", "../a", "a/..", "a..b/c", "a/b--c", "-a/b",
        "a/b.", "a\\b", "ä/b", "a/b\n", "a/b\u0000", "owner/name@", "owner/name@..", "owner/name@a/../b",
        "owner/name@/a", "owner/name@a//b", "owner/name@a b", "owner/name@a@b", "https://huggingface.co/owner/name"})
    void whatIsNoNameIsRefused(String id) {
        assertThatThrownBy(() -> Repository.parse(Repository.Kind.MODEL, id)).isInstanceOf(UsageException.class)
                .hasMessageNotContainingAny("\n", "\u0000");
    }

    @Test
    void aNameHasAtMost96Characters() {
        assertThat(Repository.parse(Repository.Kind.DATASET, "o/" + "n".repeat(96)).folder())
                .isEqualTo("datasets--o--" + "n".repeat(96));
        assertThatThrownBy(() -> Repository.parse(Repository.Kind.DATASET, "o/" + "n".repeat(97)))
                .isInstanceOf(UsageException.class).hasMessageContaining("the name of a data set");
        assertThatThrownBy(() -> Repository.parse(Repository.Kind.MODEL, "o/" + "n".repeat(100_000)))
                .isInstanceOf(UsageException.class)
                .satisfies(failure -> assertThat(failure.getMessage().length()).isLessThan(400));
    }

    @Test
    void addressesFollowTheKind() {
        Repository model = Repository.parse(Repository.Kind.MODEL, "o/n@refs/pr/1");
        assertThat(model.listing()).isEqualTo("/api/models/o/n/revision/refs%2Fpr%2F1");
        assertThat(model.resolve("a/b.txt")).isEqualTo("/o/n/resolve/refs%2Fpr%2F1/a/b.txt");
        Repository dataset = Repository.parse(Repository.Kind.DATASET, "o/n");
        assertThat(dataset.listing()).isEqualTo("/api/datasets/o/n/revision/main");
        assertThat(dataset.resolve("a.txt")).isEqualTo("/datasets/o/n/resolve/main/a.txt");
    }
}
