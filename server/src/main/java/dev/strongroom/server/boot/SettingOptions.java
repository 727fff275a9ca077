package dev.strongroom.server.boot;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The command-line options that set settings, shared by the commands. */
final class SettingOptions {
    @Option(names = "--data", paramLabel = "DIR", description = "Data directory (default: ./data).")
    private @Nullable String data;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file (default: ./strongroom.conf).")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Any setting; repeatable. Also as STRONGROOM_<NAME> in the environment.")
    private Map<String, String> set = new LinkedHashMap<>();

    /**
     * All settings, with these extra pairs of the command line.
     *
     * @throws UsageException what is wrong, where, and what was expected
     */
    ServerSettings settings(Map<String, @Nullable Object> more) {
        Map<String, String> pairs = new LinkedHashMap<>();
        more.forEach((name, value) -> {
            if (value != null) {
                pairs.put(name, value.toString());
            }
        });
        if (data != null) {
            pairs.put(ServerSettings.DATA.name(), data);
        }
        pairs.putAll(set);
        try {
            return SettingsSources.read(pairs, Optional.ofNullable(config), System.getenv());
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }
}
