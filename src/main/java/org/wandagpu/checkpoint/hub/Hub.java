package org.wandagpu.checkpoint.hub;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.UsageException;
import org.wandagpu.failure.WorkFailedException;

/**
 * Models and data sets by name, from the cache where it can serve and from the hub where it must.
 *
 * <p>What a branch or tag stands for is asked of the hub each time; where the network is down, the answer of last time
 * is used. A full commit hash that is cached needs no request, and offline (by {@code HF_HUB_OFFLINE}) none is made.
 *
 * <p>Every method throws {@link UsageException} for a name that cannot be one, {@link BadInputException} for what the
 * hub does not have or does not give, or a cache that cannot be used, and {@link WorkFailedException} where network or
 * disk fail.
 */
public final class Hub {

    private static final String ONLY_SHARD = "00000-of-00001.parquet";

    private final HubSettings settings;
    private final DownloadListener listener;
    private final HubRequests requests;

    Hub(HubSettings settings, DownloadListener listener, Pauses pauses) {
        this.settings = settings;
        this.listener = settings.progress() ? listener : listener::notice;
        this.requests = new HubRequests(settings, pauses, this.listener);
    }

    /**
     * Opens the hub as the environment describes it: {@code HF_*}, {@code XDG_CACHE_HOME} and the proxies' variables.
     *
     * @param environment the process's variables
     * @param listener who is told of downloads
     * @throws UsageException if a variable cannot be understood
     */
    public static Hub open(Map<String, String> environment, DownloadListener listener) {
        return new Hub(HubSettings.read(environment), listener, Pauses.real());
    }

    /**
     * A model's folder with configuration, tokenizer and generation files where it has them, and all its weights as
     * safetensors. Weights are fetched last, so a folder that has them has everything.
     *
     * @param id {@code owner/name} or {@code owner/name@revision}; an existing folder of that name is taken itself
     */
    public Path model(String id) {
        if (new File(id).isDirectory()) {
            return Path.of(id);
        }
        Repository repository = Repository.parse(Repository.Kind.MODEL, id);
        RepositoryCache cache = cacheOf(repository);
        Optional<ModelSnapshot> known = cache.commitOf(repository.revision())
                .map(commit -> new ModelSnapshot(cache, commit));
        List<String> missing = known.map(ModelSnapshot::missing).orElse(List.of(ModelFiles.CONFIG));
        Optional<Path> cached = missing.isEmpty() ? known.map(ModelSnapshot::folder) : Optional.empty();
        if (cached.isPresent() && (settings.offline() || repository.isCommit())) {
            return cached.get();
        }
        if (settings.offline()) {
            throw notCached(repository, String.join(", ", missing));
        }
        Listing listing;
        try {
            listing = requests.list(repository, HubRequests.retries(cached.isPresent()));
        } catch (WorkFailedException e) {
            return instead(cached, e);
        }
        fetchModel(repository, listing);
        cache.remember(repository.revision(), listing.commit());
        return cache.snapshot(listing.commit());
    }

    private void fetchModel(Repository repository, Listing listing) {
        ModelFiles files = new ModelFiles(repository, listing.files());
        Repository pinned = repository.at(listing.commit());
        files.description().forEach(file -> file(pinned, file));
        List<String> weights = files.hasIndex() ? files.shards(file(pinned, ModelFiles.INDEX)) : files.weights();
        weights.forEach(file -> file(pinned, file));
    }

    /**
     * One file of a data set.
     *
     * @param repository {@code owner/name} or {@code owner/name@revision}
     * @param path the file's path in it, for example {@code en/c4-train.00000-of-01024.json.gz}
     */
    public Path datasetFile(String repository, String path) {
        return file(Repository.parse(Repository.Kind.DATASET, repository), path);
    }

    /**
     * The files of a data set that lie in one folder and begin alike, in order of their names.
     *
     * @param id {@code owner/name} or {@code owner/name@revision}
     * @param folder their folder, for example {@code wikitext-2-raw-v1}
     * @param prefix what their names begin with, for example {@code test-}
     */
    public List<Path> datasetFiles(String id, String folder, String prefix) {
        Repository repository = Repository.parse(Repository.Kind.DATASET, id);
        String begin = folder.replaceFirst("/*$", "/") + prefix;
        DatasetSnapshot cached = new DatasetSnapshot(cacheOf(repository), repository);
        if (settings.offline()) {
            return cached.files(begin).orElseThrow(() -> notCached(repository, begin + "*"));
        }
        Listing listing;
        try {
            listing = requests.list(repository, HubRequests.retries(cached.files(begin).isPresent()));
        } catch (WorkFailedException e) {
            // A server may hand out files but no lists; the hub itself converts small data sets to a single shard.
            listener.notice(e.getMessage() + "; meanwhile the cache or a single file is tried");
            return cached.files(begin).orElseGet(() -> List.of(file(repository, begin + ONLY_SHARD)));
        }
        List<String> names = listing.files().stream().filter(file -> file.startsWith(begin))
                .filter(file -> file.indexOf('/', begin.length()) < 0).sorted().toList();
        if (names.isEmpty()) {
            throw HubErrors.noFile(repository, begin + "*");
        }
        Repository pinned = repository.at(listing.commit());
        List<Path> files = new ArrayList<>();
        names.forEach(name -> files.add(file(pinned, name)));
        cacheOf(repository).remember(repository.revision(), listing.commit());
        return files;
    }

    /**
     * Reads a file of the cache again and compares it with the hash that the hub gave it.
     *
     * @param snapshotFile a file that {@link #model}'s folder holds, or that another method returned
     * @return whether there was a hash: a file that is no link has lost it
     * @throws BadInputException if the content has changed
     */
    public boolean verify(Path snapshotFile) {
        try {
            Optional<String> etag = RepositoryCache.etagOf(snapshotFile).filter(ContentHash::isHash);
            if (etag.isEmpty()) {
                return false;
            }
            Optional<String> fault = ContentHash.mismatch(snapshotFile, etag.get());
            if (fault.isPresent()) {
                throw new BadInputException(snapshotFile + ": damaged, its " + fault.get()
                        + "; delete " + snapshotFile.toRealPath() + " and run again");
            }
            return true;
        } catch (IOException e) {
            throw new BadInputException(snapshotFile + ": cannot be read; delete it and run again", e);
        }
    }

    private Path file(Repository repository, String file) {
        RepositoryCache.requirePlain(file);
        RepositoryCache cache = cacheOf(repository);
        Optional<String> commit = cache.commitOf(repository.revision());
        Optional<Path> cached = commit.flatMap(known -> cache.find(known, file));
        if (cached.isPresent() && (settings.offline() || repository.isCommit())) {
            return cached.get();
        }
        boolean absent = commit.filter(known -> cache.isAbsent(known, file)).isPresent();
        if (absent && (settings.offline() || repository.isCommit())) {
            throw HubErrors.noFile(repository, file);
        }
        if (settings.offline()) {
            throw notCached(repository, file);
        }
        FileMetadata metadata;
        try {
            metadata = requests.metadata(repository, file, HubRequests.retries(cached.isPresent()),
                    lacking -> cache.markAbsent(lacking, file));
        } catch (WorkFailedException e) {
            return instead(cached, e);
        }
        Path found = cache.find(metadata.commit(), file)
                .orElseGet(() -> new Download(requests, cache, listener).fetch(repository, file, metadata));
        cache.remember(repository.revision(), metadata.commit());
        return found;
    }

    private Path instead(Optional<Path> cached, WorkFailedException failure) {
        Path path = cached.orElseThrow(() -> failure);
        listener.notice(failure.getMessage() + "; meanwhile " + path + " is used");
        return path;
    }

    private BadInputException notCached(Repository repository, String missing) {
        return new BadInputException(repository + " is not whole in the cache " + settings.cache() + ": no " + missing
                + "; unset HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE, or fetch it where there is a network");
    }

    private RepositoryCache cacheOf(Repository repository) {
        return new RepositoryCache(settings.cache(), repository, settings.symlinks());
    }
}
