package dev.strongroom.server.boot;

import dev.strongroom.common.error.DatabaseException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code strongroom restore-system}: puts back {@code master}, {@code model} or {@code msdb} of a stopped server. */
@Command(
        name = "restore-system",
        description = "Restore master, model or msdb of a stopped server from a backup.",
        mixinStandardHelpOptions = true)
final class RestoreSystemCommand implements Callable<Integer> {
    @Mixin
    private SettingOptions options = new SettingOptions();

    @Option(
            names = "--from",
            paramLabel = "FILE",
            required = true,
            description = "The backup; once for each file of a striped one.")
    private List<Path> devices = List.of();

    @Option(names = "--file", paramLabel = "N", description = "Number of the backup set in it (default: 1).")
    private int file = 1;

    @Override
    public Integer call() {
        ServerSettings settings;
        try {
            settings = options.settings(Map.of());
        } catch (IllegalArgumentException e) {
            System.err.println("strongroom: " + e.getMessage());
            return ExitCode.USAGE.code();
        }
        ServerLog.start(settings.get(ServerSettings.LOG_FORMAT));
        Logger log = LoggerFactory.getLogger(RestoreSystemCommand.class);
        try {
            return new SystemRestore(settings, System.out).run(devices, file).code();
        } catch (DatabaseException failure) {
            Failure.print(failure);
            log.debug("restore failed", failure);
            return ExitCode.of(failure).code();
        } catch (Exception failure) {
            log.error("restore failed", failure);
            return ExitCode.DEFECTS_FOUND.code();
        }
    }
}
