package org.wandagpu.cli;

import picocli.CommandLine;

/** Makes commands and hands those that write the console. */
final class CommandFactory implements CommandLine.IFactory {

    private final Console console;
    private final CommandLine.IFactory plain = CommandLine.defaultFactory();

    CommandFactory(Console console) {
        this.console = console;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        return type == CommonOptions.class ? type.cast(new CommonOptions(console)) : plain.create(type);
    }
}
