package org.wandagpu.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.UsageException;
import org.wandagpu.tensor.NmPattern;

class SparsityTargetTest {

    private static final SparsityTarget THREE_OF_FOUR = new SparsityTarget.SemiStructured(new NmPattern(3, 4));
    private static final SparsityTarget HALF = new SparsityTarget.Unstructured(0.5, ComparisonGroup.ROW);

    @Test
    void aPatternsSparsityIsItsShareOfZeros() {
        assertThat(THREE_OF_FOUR.sparsity()).isEqualTo(0.25);
        assertThat(THREE_OF_FOUR.patternName()).isEqualTo("3:4");
        assertThat(HALF.patternName()).isEqualTo("unstructured");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 1.01, 50, Double.NaN, Double.NEGATIVE_INFINITY})
    void whatIsNotAShareIsRefused(double sparsity) {
        assertThatThrownBy(() -> new SparsityTarget.Unstructured(sparsity, ComparisonGroup.ROW))
                .isInstanceOf(UsageException.class)
                .hasMessage("sparsity " + sparsity + " is not a share: give a number from 0 to 1");
    }

    @Test
    void aPatternMustDivideTheWidthOfTheLayer() {
        assertThatCode(() -> new Wanda().check(THREE_OF_FOUR, "q_proj", 8)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new Wanda().check(THREE_OF_FOUR, "q_proj", 10))
                .isInstanceOf(BadInputException.class)
                .hasMessage("pattern 3:4 does not divide the 10 in-features of q_proj; "
                        + "--exclude it or choose another pattern");
        assertThatCode(() -> new Magnitude().check(HALF, "q_proj", 10)).doesNotThrowAnyException();
    }

    @Test
    void theVariantKnowsUnstructuredRowsOnly() {
        SparsityTarget layer = new SparsityTarget.Unstructured(0.5, ComparisonGroup.LAYER);
        assertThatCode(() -> new WandaVariant().check(HALF, "q_proj", 8)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new WandaVariant().check(THREE_OF_FOUR, "q_proj", 8))
                .isInstanceOf(UsageException.class)
                .hasMessage("--variant works on unstructured pruning of rows only, not on 3:4; drop one of the two");
        assertThatThrownBy(() -> new WandaVariant().check(layer, "q_proj", 8)).isInstanceOf(UsageException.class);
    }
}
