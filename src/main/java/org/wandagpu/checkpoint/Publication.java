package org.wandagpu.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What makes a folder of pruned tensors a checkpoint. Every step may be repeated, so that a kill between two of them
 * costs nothing; config.json comes last, because nothing loads a folder without it.
 */
final class Publication {

    private static final String CARD = "README.md";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Checkpoint source;
    private final ShardPlan plan;
    private final SideFiles sideFiles;
    private final Path folder;
    private final Set<String> names = new HashSet<>();

    /** @param folder the folder to complete */
    Publication(Checkpoint source, ShardPlan plan, SideFiles sideFiles, Path folder) {
        this.source = source;
        this.plan = plan;
        this.sideFiles = sideFiles;
        this.folder = folder;
    }

    /** Completes the folder and makes it durable. */
    void complete(StagedShards shards, Map<String, ?> provenance) {
        for (OutputShard shard : plan.shards()) {
            names.add(shard.fileName());
            shards.complete(shard);
        }
        shards.force();
        source.shards().forEach(SafetensorsFile::requireUnchanged);
        JsonNode described = JSON.valueToTree(provenance);
        write(StagedCheckpoint.PROVENANCE, described.toPrettyString() + "\n");
        write(CARD, ModelCard.of(described));
        writeIndex();
        for (Path file : sideFiles.withoutConfig()) {
            copy(file);
        }
        names.add(Checkpoint.CONFIG);
        deleteStrangers();
        copy(sideFiles.config());
        Durable.force(folder);
    }

    private void write(String name, String text) {
        names.add(name);
        Path target = folder.resolve(name);
        try {
            Durable.write(target, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw WriteFault.translate(target, e);
        }
    }

    private void copy(Path file) {
        String name = file.getFileName().toString();
        names.add(name);
        Path target = folder.resolve(name);
        try {
            Durable.copy(file, target);
        } catch (IOException e) {
            throw WriteFault.translate(target, e);
        }
    }

    private void writeIndex() {
        if (plan.index() != null) {
            ObjectNode index = JSON.createObjectNode();
            index.putObject("metadata").put("total_size", plan.tensorBytes());
            index.set("weight_map", JSON.valueToTree(plan.index()));
            write(ShardIndex.FILE_NAME, index.toPrettyString() + "\n");
        } else if (plan.isOfSource() && source.index() != null) {
            copy(source.index().file());
        }
    }

    /** Deletes what an interrupted run with another layout left, or somebody put there. */
    private void deleteStrangers() {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> strangers = files.filter(file -> !names.contains(file.getFileName().toString())).toList();
            for (Path stranger : strangers) {
                Files.delete(stranger);
            }
        } catch (IOException e) {
            throw WriteFault.translate(folder, e);
        }
    }
}
