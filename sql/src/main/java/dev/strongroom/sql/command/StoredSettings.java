package dev.strongroom.sql.command;

import dev.strongroom.sql.parse.statement.SettingStatement;
import dev.strongroom.sql.session.SessionSettings;
import java.util.HashMap;
import java.util.Map;

/** Settings kept with a role or a database: ALTER … SET and RESET. */
final class StoredSettings {
    private StoredSettings() {}

    static Map<String, String> change(
            Map<String, String> settings, SettingStatement statement, CommandSession session) {
        Map<String, String> changed = new HashMap<>(settings);
        switch (statement) {
            case SettingStatement.Set set -> {
                if (set.values().isEmpty()) {
                    changed.remove(set.name());
                } else {
                    String value = set.name().equals("search_path")
                            ? SessionSettings.join(set.values())
                            : String.join(", ", set.values());
                    changed.put(
                            set.name(),
                            session.settings()
                                    .checked(set.name(), value, session.rights().superuser()));
                }
            }
            case SettingStatement.Reset reset -> changed.remove(reset.name());
            case SettingStatement.ResetAll ignored -> changed.clear();
            default -> throw Commands.unsupported("this form of ALTER ... SET");
        }
        return changed;
    }
}
