package org.wandagpu.checkpoint.hub;

/** What arrived is not the file that was announced. */
final class WrongContent extends Exception {

    private static final long serialVersionUID = 1L;

    WrongContent(String what) {
        super(what);
    }
}
