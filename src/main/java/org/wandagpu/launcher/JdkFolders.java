package org.wandagpu.launcher;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The folders in which operating systems, package managers and tools install JDKs. */
final class JdkFolders {

    private static final String[] UNIX = {"/usr/lib/jvm", "/usr/lib64/jvm", "/usr/java", "/opt", "/opt/java"};
    private static final String[] WINDOWS = {"Java", "Eclipse Adoptium", "Microsoft", "Zulu", "Amazon Corretto"};
    private static final String[] OF_THE_USER = {".sdkman/candidates/java", ".jdks"};

    private JdkFolders() {
    }

    /**
     * The folders for a system.
     *
     * @param system as in the system property {@code os.name}
     * @param userHome the user's home folder
     * @param environment environment variables
     */
    static List<File> of(String system, String userHome, Map<String, String> environment) {
        List<File> folders = new ArrayList<File>();
        if (system.startsWith("Windows")) {
            String programs = environment.get("ProgramFiles");
            addAll(folders, programs == null ? "C:\\Program Files" : programs, WINDOWS);
        } else {
            addAll(folders, null, UNIX);
            if (system.startsWith("Mac")) {
                addAll(folders, null, "/Library/Java/JavaVirtualMachines");
                addAll(folders, userHome, "Library/Java/JavaVirtualMachines");
            }
        }
        addAll(folders, userHome, OF_THE_USER);
        return folders;
    }

    private static void addAll(List<File> folders, String parent, String... names) {
        for (String name : names) {
            folders.add(new File(parent, name));
        }
    }
}
