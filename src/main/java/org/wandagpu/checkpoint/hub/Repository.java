package org.wandagpu.checkpoint.hub;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.wandagpu.failure.UsageException;

/**
 * A repository of the hub at a revision.
 *
 * @param kind model or data set
 * @param name {@code owner/name}, or {@code name} alone for the oldest ones
 * @param revision branch, tag, {@code refs/pr/N} or commit hash
 */
record Repository(Kind kind, String name, String revision) {

    private static final Pattern NAME = Pattern.compile("(\\b[\\w\\-.]+\\b/)?\\b[\\w\\-.]{1,96}\\b");
    private static final Pattern REVISION = Pattern.compile("[\\w\\-.+]+(/[\\w\\-.+]+)*");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** What a repository holds. */
    enum Kind {
        MODEL("model", ""), DATASET("data set", "datasets/");

        private final String word;
        private final String prefix;

        Kind(String word, String prefix) {
            this.word = word;
            this.prefix = prefix;
        }

        private String folder() {
            return this == MODEL ? "models" : "datasets";
        }
    }

    /**
     * Reads {@code owner/name} or {@code owner/name@revision}.
     *
     * @throws UsageException if it is not of that form
     */
    static Repository parse(Kind kind, String id) {
        int at = id.indexOf('@');
        String name = at < 0 ? id : id.substring(0, at);
        String revision = at < 0 ? "main" : id.substring(at + 1);
        // Two hyphens stand for the slash in the cache's folder names.
        if (!NAME.matcher(name).matches() || name.contains("..") || name.contains("--")) {
            throw new UsageException("'" + Text.oneLine(id) + "' is neither a folder nor the name of a " + kind.word
                    + ": give an existing folder, owner/name or owner/name@revision");
        }
        if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
            throw new UsageException("'" + Text.oneLine(id) + "': the part behind @ is not a revision;"
                    + " give a branch, a tag or a commit hash");
        }
        return new Repository(kind, name, revision);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** Whether the revision is a full commit hash, whose files never change. */
    boolean isCommit() {
        return isCommit(revision);
    }

    Repository at(String other) {
        return new Repository(kind, name, other);
    }

    /** Folder in the cache, for example {@code models--owner--name}. */
    String folder() {
        return kind.folder() + "--" + name.replace("/", "--");
    }

    /** Path of its page at the endpoint. */
    String page() {
        return "/" + kind.prefix + name;
    }

    /** Path that answers with the commit and the list of files. */
    String listing() {
        return "/api/" + kind.folder() + "/" + name + "/revision/" + encode(revision);
    }

    /** Path that answers with a file or the way to it. */
    String resolve(String file) {
        String encoded = Arrays.stream(file.split("/")).map(Repository::encode).collect(Collectors.joining("/"));
        return page() + "/resolve/" + encode(revision) + "/" + encoded;
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Its name in messages. */
    @Override
    public String toString() {
        return kind.word + " " + name + (revision.equals("main") ? "" : " at revision " + revision);
    }
}
