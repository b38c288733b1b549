package org.wandagpu.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.wandagpu.failure.UsageException;
import org.wandagpu.tensor.NmPattern;

class LayerChoiceTest {

    private static final SparsityTarget HALF = new SparsityTarget.Unstructured(0.5, ComparisonGroup.ROW);
    private static final SparsityTarget TWO_OF_FOUR = new SparsityTarget.SemiStructured(new NmPattern(2, 4));
    private static final String QUERY = "model.layers.0.self_attn.q_proj.weight";
    private static final String UP = "model.layers.0.mlp.up_proj.weight";
    private static final String LAST_UP = "model.layers.11.mlp.up_proj.weight";

    @Test
    void withoutGlobsEveryLayerGetsTheTarget() {
        assertThat(LayerChoice.all(TWO_OF_FOUR).of(QUERY)).isEqualTo(TWO_OF_FOUR);
    }

    @Test
    void includedLayersAloneArePruned() {
        LayerChoice choice = new LayerChoice(HALF, List.of("mlp.*"), List.of(), Map.of());
        assertThat(choice.of(UP)).isEqualTo(HALF);
        assertThat(choice.of(QUERY)).isNull();
    }

    @Test
    void excludingIsStrongerThanIncluding() {
        LayerChoice choice = new LayerChoice(HALF, List.of("mlp.*"), List.of("layers.11.*"), Map.of());
        assertThat(choice.of(UP)).isEqualTo(HALF);
        assertThat(choice.of(LAST_UP)).isNull();
    }

    @Test
    void aGlobMatchesWholePartsBetweenDotsOnly() {
        assertThat(including("up_proj").of(UP)).isEqualTo(HALF);
        assertThat(including("layers.1").of(LAST_UP)).isNull();
        assertThat(including("proj").of(UP)).isNull();
        assertThat(including("*proj").of(UP)).isEqualTo(HALF);
        assertThat(including("layers.?.mlp").of(UP)).isEqualTo(HALF);
        assertThat(including("layers.?.mlp").of(LAST_UP)).isNull();
        assertThat(including(UP).of(UP)).isEqualTo(HALF);
        assertThat(including("model.layers.0.mlp.up.proj.weight").of(UP)).isNull();
    }

    @Test
    void theLastMatchingSparsityHoldsAndTheGroupStays() {
        Map<String, Double> sparsities = new LinkedHashMap<>();
        sparsities.put("mlp.*", 0.6);
        sparsities.put("layers.11.*", 0.2);
        SparsityTarget ofLayer = new SparsityTarget.Unstructured(0.5, ComparisonGroup.LAYER);
        LayerChoice choice = new LayerChoice(ofLayer, List.of(), List.of(), sparsities);
        assertThat(choice.of(UP)).isEqualTo(new SparsityTarget.Unstructured(0.6, ComparisonGroup.LAYER));
        assertThat(choice.of(LAST_UP)).isEqualTo(new SparsityTarget.Unstructured(0.2, ComparisonGroup.LAYER));
        assertThat(choice.of(QUERY)).isEqualTo(ofLayer);
    }

    @Test
    void sparsitiesOfLayersAreRefusedForPatterns() {
        assertThatThrownBy(() -> new LayerChoice(TWO_OF_FOUR, List.of(), List.of(), Map.of("mlp.*", 0.6)))
                .isInstanceOf(UsageException.class)
                .hasMessage("--layer-sparsity works on unstructured pruning only, not on 2:4");
    }

    @Test
    void aGlobThatMatchesNoLayerIsNamed() {
        assertThatThrownBy(() -> new LayerChoice(HALF, List.of(), List.of("fc9"), Map.of()).check(List.of(QUERY, UP)))
                .isInstanceOf(UsageException.class)
                .hasMessage("pattern 'fc9' matches no linear layer; names look like " + QUERY);
        LayerChoice sparser = new LayerChoice(HALF, List.of(), List.of(), Map.of("fc9", 0.1));
        assertThatThrownBy(() -> sparser.check(List.of(QUERY, UP)))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("pattern 'fc9' matches no linear layer");
        assertThatCode(() -> including("mlp.*").check(List.of(QUERY, UP))).doesNotThrowAnyException();
    }

    @Test
    void aChoiceThatLeavesNoLayerIsRefused() {
        LayerChoice nothing = new LayerChoice(HALF, List.of(), List.of("layers.*"), Map.of());
        assertThatThrownBy(() -> nothing.check(List.of(QUERY, UP)))
                .isInstanceOf(UsageException.class)
                .hasMessage("--include and --exclude leave no layer to prune");
    }

    @Test
    void differentChoicesDescribeThemselvesDifferently() {
        assertThat(including("mlp.*").describe()).isEqualTo(including("mlp.*").describe());
        assertThat(including("mlp.*").describe()).isNotEqualTo(including("attn.*").describe());
        assertThat(LayerChoice.all(HALF).describe()).isNotEqualTo(LayerChoice.all(TWO_OF_FOUR).describe());
    }

    private static LayerChoice including(String glob) {
        return new LayerChoice(HALF, List.of(glob), List.of(), Map.of());
    }
}
