package dev.strongroom.server.boot;

import dev.strongroom.common.setting.Setting;
import dev.strongroom.common.setting.SettingValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Gathers settings: command line, then environment, then {@code strongroom.conf} (decision P-15). */
final class SettingsSources {
    private static final String PREFIX = "STRONGROOM_";
    private static final Path DEFAULT_FILE = Path.of("strongroom.conf");

    private SettingsSources() {}

    /**
     * @param commandLine name-value pairs of the command line
     * @param file {@code --config}; without it {@code STRONGROOM_CONFIG}, else {@code strongroom.conf} here if it exists
     * @throws IllegalArgumentException what is wrong, where, and what was expected
     */
    static ServerSettings read(Map<String, String> commandLine, Optional<Path> file, Map<String, String> environment) {
        Map<String, Map<String, String>> sources = new LinkedHashMap<>();
        sources.put("command line", commandLine);
        sources.put("environment", fromEnvironment(environment));
        Optional<Path> named = file.or(
                () -> Optional.ofNullable(environment.get(PREFIX + "CONFIG")).map(Path::of));
        if (named.isPresent() || Files.exists(DEFAULT_FILE)) {
            Path path = named.orElse(DEFAULT_FILE);
            sources.put(path.toString(), fromFile(path));
        }
        return new ServerSettings(new SettingValues(ServerSettings.ALL, sources));
    }

    private static Map<String, String> fromEnvironment(Map<String, String> environment) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (Setting<?> setting : ServerSettings.ALL) {
            String value = environment.get(PREFIX + setting.name().toUpperCase(Locale.ROOT));
            if (value != null) {
                pairs.put(setting.name(), value);
            }
        }
        return pairs;
    }

    private static Map<String, String> fromFile(Path path) {
        Map<String, String> pairs = new LinkedHashMap<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(path, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read configuration file \"" + path + "\"", e);
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = withoutComment(lines.get(i)).strip();
            if (line.isEmpty()) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException(path + " line " + (i + 1) + ": expected \"name = value\"");
            }
            String value = line.substring(equals + 1).strip();
            if (value.length() >= 2 && value.startsWith("'") && value.endsWith("'")) {
                value = value.substring(1, value.length() - 1).replace("''", "'");
            }
            pairs.put(line.substring(0, equals).strip(), value);
        }
        return pairs;
    }

    private static String withoutComment(String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\'') {
                quoted = !quoted;
            } else if (c == '#' && !quoted) {
                return line.substring(0, i);
            }
        }
        return line;
    }
}
