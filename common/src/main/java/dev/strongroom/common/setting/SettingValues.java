package dev.strongroom.common.setting;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The values of a set of settings, gathered from several sources; the first source that names a setting wins (decision P-15:
 * command line, environment, {@code strongroom.conf}). Unknown names are refused, so that a typing error is not silent.
 */
public final class SettingValues {
    private final Map<String, Setting<?>> known = new LinkedHashMap<>();
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, String> sources = new HashMap<>();

    /**
     * @param sources name of the source (for messages) to its name-value pairs, strongest first
     * @throws IllegalArgumentException unknown name or bad value, with source, name and what was expected
     */
    public SettingValues(List<Setting<?>> settings, Map<String, Map<String, String>> sources) {
        for (Setting<?> setting : settings) {
            known.put(setting.name(), setting);
        }
        sources.forEach((source, pairs) -> pairs.forEach((name, text) -> take(source, name, text)));
        for (Setting<?> setting : settings) {
            if (!values.containsKey(setting.name())) {
                values.put(setting.name(), setting.parser().apply(setting.defaultText()));
                this.sources.put(setting.name(), "default");
            }
        }
    }

    private void take(String source, String name, String text) {
        Setting<?> setting = known.get(name);
        if (setting == null) {
            throw new IllegalArgumentException(source + ": unrecognized setting \"" + name + "\"" + suggestion(name));
        }
        Object value;
        try {
            value = setting.parser().apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    source + ": invalid value for setting \"" + name + "\": " + e.getMessage(), e);
        }
        if (values.putIfAbsent(name, value) == null) {
            sources.put(name, source);
        }
    }

    private String suggestion(String name) {
        String letters = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        for (String candidate : known.keySet()) {
            if (candidate.replace("_", "").equals(letters) || candidate.contains(name) || name.contains(candidate)) {
                return ", perhaps you mean \"" + candidate + "\"";
            }
        }
        return "";
    }

    public <T> T get(Setting<T> setting) {
        @SuppressWarnings("unchecked")
        T value = (T) values.get(setting.name());
        if (value == null) {
            throw new IllegalArgumentException("setting \"" + setting.name() + "\" is not one of this set");
        }
        return value;
    }

    /** Where a value came from: a source's name, or {@code default}. */
    public String source(Setting<?> setting) {
        return sources.getOrDefault(setting.name(), "default");
    }
}
