package org.wandagpu.checkpoint.hub;

/** Foreign text made fit for a message. */
final class Text {

    private static final int LONGEST = 200;

    private Text() {
    }

    /** At most 200 characters, control characters replaced by spaces. */
    static String oneLine(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 3) + "...";
    }
}
