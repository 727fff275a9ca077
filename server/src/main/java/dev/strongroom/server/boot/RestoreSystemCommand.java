package dev.strongroom.server.boot;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
    public Integer call() throws Exception {
        ServerSettings settings = options.settings(Map.of());
        ServerLog.start(settings.get(ServerSettings.LOG_FORMAT));
        return new SystemRestore(settings, System.out).run(devices, file).code();
    }
}
