package org.wandagpu.checkpoint.hub;

import java.util.Optional;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WandaException;
import org.wandagpu.failure.WorkFailedException;

/** What the hub's refusals mean for the user. */
record HubErrors(HubSettings settings) {

    /**
     * Passes a success or a redirect.
     *
     * @param file the file that was asked for; empty for a listing
     * @throws NetworkFailure if the same request may succeed later
     * @throws WandaException if it will not
     */
    void check(Answer answer, Repository repository, Optional<String> file) throws NetworkFailure {
        int status = answer.status();
        if (status < 400) {
            return;
        }
        if (status == 408 || status == 429 || status >= 500) {
            throw NetworkFailure.busy(HubSettings.hostOf(answer.uri()) + " answers with status " + status,
                    answer.header("Retry-After"));
        }
        throw refusal(answer, repository, file);
    }

    private WandaException refusal(Answer answer, Repository repository, Optional<String> file) {
        String code = answer.header("X-Error-Code").orElse("");
        return switch (code) {
            case "GatedRepo" -> gated(repository);
            case "RepoNotFound" -> noRepository(repository);
            case "RevisionNotFound" -> new BadInputException(repository.at("main") + " has no revision "
                    + repository.revision() + " at " + settings.host()
                    + "; give a branch, a tag or a full commit hash behind the @");
            case "EntryNotFound" -> noFile(repository, file.orElse("(none)"));
            default -> byStatus(answer, repository, file);
        };
    }

    private WandaException byStatus(Answer answer, Repository repository, Optional<String> file) {
        String said = answer.header("X-Error-Message").map(text -> " (" + Text.oneLine(text) + ")").orElse("");
        return switch (answer.status()) {
            case 401 -> settings.token().<WandaException>map(token -> new BadInputException(settings.host()
                    + " refuses the " + token + said + "; make a new one in the account's settings"))
                    .orElseGet(() -> noRepository(repository));
            case 403 -> new BadInputException(settings.host() + " forbids access to " + repository + said
                    + "; set HF_TOKEN to a token that may read it");
            case 404 -> file.isPresent() ? noFile(repository, file.get()) : noRepository(repository);
            default -> new WorkFailedException(settings.host() + " answers with status " + answer.status() + said
                    + " for " + repository + "; try later, or correct HF_ENDPOINT");
        };
    }

    private BadInputException gated(Repository repository) {
        String page = settings.endpoint() + repository.page();
        String account = settings.token().map(token -> " with the account of the " + token)
                .orElse(" and set HF_TOKEN to a token of that account");
        return new BadInputException(repository + " is gated: accept its licence at " + page + account);
    }

    private BadInputException noRepository(Repository repository) {
        return new BadInputException(repository + " does not exist at " + settings.host() + ", or is private;"
                + " check the name, or set HF_TOKEN to a token that may read it");
    }

    /** The refusal for a file that the repository does not hold. */
    static BadInputException noFile(Repository repository, String file) {
        return new BadInputException(repository + " has no file " + file + "; check name and revision");
    }
}
