package org.wandagpu.launcher;

public final class Launcher {
    public static void main(String[] args) {
        System.exit(1);
    }
}
