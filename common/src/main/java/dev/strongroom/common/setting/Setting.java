package dev.strongroom.common.setting;

import java.util.function.Function;

/**
 * One setting of the server: how it is called, what it is worth when nobody says, how its text is read.
 *
 * @param name as in {@code strongroom.conf}; the environment variable is {@code STRONGROOM_} and the name in capitals
 * @param parser throws IllegalArgumentException with a message that says what was expected
 */
public record Setting<T>(String name, String defaultText, String description, Function<String, T> parser) {
    public static Setting<String> text(String name, String defaultText, String description) {
        return new Setting<>(name, defaultText, description, text -> text);
    }

    public static Setting<Integer> integer(
            String name, int defaultValue, int minimum, int maximum, String description) {
        return new Setting<>(name, Integer.toString(defaultValue), description, text -> {
            int value;
            try {
                value = Integer.parseInt(text.strip());
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("expected an integer, got \"" + text + "\"", e);
            }
            if (value < minimum || value > maximum) {
                throw new IllegalArgumentException(
                        "expected a value from " + minimum + " to " + maximum + ", got " + value);
            }
            return value;
        });
    }

    public static Setting<Boolean> bool(String name, boolean defaultValue, String description) {
        return new Setting<>(name, defaultValue ? "on" : "off", description, text -> switch (text.strip()) {
            case "on", "true", "yes", "1" -> true;
            case "off", "false", "no", "0" -> false;
            default -> throw new IllegalArgumentException("expected on or off, got \"" + text + "\"");
        });
    }

    public static Setting<DataSize> size(String name, String defaultText, String description) {
        return new Setting<>(name, defaultText, description, DataSize::parse);
    }

    public static <E extends Enum<E>> Setting<E> choice(
            String name, Class<E> type, E defaultValue, String description) {
        return new Setting<>(name, lower(defaultValue), description, text -> {
            for (E constant : type.getEnumConstants()) {
                if (lower(constant).equals(text.strip())) {
                    return constant;
                }
            }
            StringBuilder choices = new StringBuilder();
            for (E constant : type.getEnumConstants()) {
                choices.append(choices.isEmpty() ? "" : ", ").append(lower(constant));
            }
            throw new IllegalArgumentException("expected one of " + choices + ", got \"" + text + "\"");
        });
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT);
    }
}
