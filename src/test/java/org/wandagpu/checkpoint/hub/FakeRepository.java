package org.wandagpu.checkpoint.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** A repository of {@link FakeHub}: one set of files, under as many revisions as a test names. */
final class FakeRepository {

    /** The commit of {@code main}. */
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();
    private final Set<String> large = ConcurrentHashMap.newKeySet();
    private final Map<String, String> revisions = new ConcurrentHashMap<>(Map.of("main", COMMIT));

    /** Adds a small text, which the hub itself gives out. */
    FakeRepository with(String file, String text) {
        files.put(file, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Adds random bytes, which the store gives out. */
    FakeRepository withLarge(String file, int bytes) {
        byte[] content = new byte[bytes];
        new Random(file.hashCode()).nextBytes(content);
        files.put(file, content);
        large.add(file);
        return this;
    }

    /** Lets a branch or tag stand for a commit. */
    FakeRepository at(String revision, String commit) {
        revisions.put(revision, commit);
        return this;
    }

    /** A model that can be used: configuration, tokenizer and 100,000 bytes of weights. */
    FakeRepository usable() {
        return with("config.json", "{\"model_type\": \"llama\"}").with("tokenizer.json", "{}")
                .withLarge("model.safetensors", 100_000);
    }

    byte[] file(String name) {
        return files.get(name);
    }

    boolean isLarge(String name) {
        return large.contains(name);
    }

    Collection<byte[]> contents() {
        return files.values();
    }

    /** The commit of a revision, or null. */
    String commit(String revision) {
        return revisions.containsValue(revision) ? revision : revisions.get(revision);
    }

    String listing(String commit) {
        return files.keySet().stream().map(name -> "{\"rfilename\": \"" + name + "\"}")
                .collect(Collectors.joining(", ", "{\"sha\": \"" + commit + "\", \"siblings\": [", "]}"));
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(digest("SHA-256").digest(content));
    }

    static String gitSha1(byte[] content) {
        MessageDigest digest = digest("SHA-1");
        digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest.digest(content));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
