package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.wandagpu.failure.UsageException;

/** The user's secret for the hub. Its text leaves this class only as the header of a request. */
final class Token {

    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");

    private final String secret;
    private final String origin;

    private Token(String secret, String origin) {
        this.secret = secret;
        this.origin = origin;
    }

    /** The token of the environment, else of the file that {@code login} writes, unless the user wants none sent. */
    static Optional<Token> find(Environment environment, Path hubHome) {
        if (environment.flag("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            return Optional.empty();
        }
        for (String name : new String[] {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
            Optional<String> secret = environment.text(name);
            if (secret.isPresent()) {
                return Optional.of(checked(secret.get(), name));
            }
        }
        Path file = environment.path("HF_TOKEN_PATH").orElse(hubHome.resolve("token"));
        try {
            String secret = Files.isRegularFile(file) ? Files.readString(file).strip() : "";
            return secret.isEmpty() ? Optional.empty() : Optional.of(checked(secret, file.toString()));
        } catch (IOException e) {
            throw new UsageException(file + ": cannot be read as the hub's token; set HF_TOKEN, or delete the file", e);
        }
    }

    private static Token checked(String secret, String origin) {
        if (!VISIBLE.matcher(secret).matches()) {
            throw new UsageException(origin + ": holds characters that no token has; copy the token again");
        }
        return new Token(secret, origin);
    }

    /** The value of the {@code Authorization} header. */
    String authorization() {
        return "Bearer " + secret;
    }

    /** Where it came from: a variable's name or a file. */
    String origin() {
        return origin;
    }

    @Override
    public String toString() {
        return "token of " + origin;
    }
}
