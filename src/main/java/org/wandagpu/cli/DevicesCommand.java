package org.wandagpu.cli;

import java.util.concurrent.Callable;
import org.wandagpu.device.Devices;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what can compute on this machine, and why the rest cannot. */
@Command(name = "devices", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = "Lists what can compute here, and why the rest cannot.")
final class DevicesCommand implements Callable<Integer> {

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        for (Devices.Finding finding : Devices.find()) {
            common.console().out().printf("%-7s %-4s %s%n", finding.what(), finding.usable() ? "yes" : "no",
                    finding.detail());
        }
        return 0;
    }
}
