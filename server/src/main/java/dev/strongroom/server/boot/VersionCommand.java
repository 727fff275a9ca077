package dev.strongroom.server.boot;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code strongroom version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Runnable, IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "strongroom " + Version.STRONGROOM + " (Java " + Runtime.version() + ", protocol of PostgreSQL 15)"
        };
    }

    @Override
    public void run() {
        System.out.println(getVersion()[0]);
    }
}
