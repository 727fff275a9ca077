package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements about whole databases. */
public sealed interface DatabaseStatement extends Statement {
    /** CREATE DATABASE; option names as in PostgreSQL's grammar: owner, template, encoding, lc_collate, locale, … */
    record CreateDatabase(String name, List<Option> options) implements DatabaseStatement {
        public CreateDatabase {
            options = List.copyOf(options);
        }
    }

    record DropDatabase(String name, boolean ifExists, boolean force) implements DatabaseStatement {}

    record RenameDatabase(String name, String newName) implements DatabaseStatement {}

    record DatabaseOwner(String name, RoleName owner) implements DatabaseStatement {}

    /** ALTER DATABASE … WITH connection limit, allow_connections, is_template. */
    record DatabaseOptions(String name, List<Option> options) implements DatabaseStatement {
        public DatabaseOptions {
            options = List.copyOf(options);
        }
    }

    /** ALTER DATABASE … SET name = value | RESET name | RESET ALL. */
    record DatabaseSetting(String name, SettingStatement setting) implements DatabaseStatement {}

    /** T-SQL's ALTER DATABASE … SET RECOVERY FULL, SINGLE_USER, MULTI_USER, READ_ONLY and so on. */
    record DatabaseMode(@Nullable String name, List<String> words) implements DatabaseStatement {
        public DatabaseMode {
            words = List.copyOf(words);
        }

        /** Whether nothing may be written any more afterwards: SET OFFLINE, SET READ_ONLY. */
        public boolean closes() {
            return !words.isEmpty()
                    && (words.getFirst().equals("OFFLINE") || words.getFirst().equals("READ_ONLY"));
        }
    }
}
