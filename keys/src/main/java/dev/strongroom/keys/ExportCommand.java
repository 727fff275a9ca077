package dev.strongroom.keys;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keys export-metadata}: the key DDL of a database, to run before a logical restore (AE-160, decision A-8). */
@Command(
        name = "export-metadata",
        mixinStandardHelpOptions = true,
        description = "Print the DDL of all keys of a database; no key store is needed.")
final class ExportCommand extends ToolCommand {
    @Mixin
    private final ScriptOptions script = new ScriptOptions();

    @Override
    public Integer call() throws Exception {
        List<String> statements = new ArrayList<>();
        try (Connection connection = database.plain()) {
            for (KeyMetadata.MasterKey key : KeyMetadata.masterKeys(connection)) {
                statements.add(Ddl.createMasterKey(key.name(), key.provider(), key.path(), key.signature()));
            }
            Map<String, List<String>> values = new LinkedHashMap<>();
            for (KeyMetadata.Value value : KeyMetadata.values(connection)) {
                values.computeIfAbsent(value.columnKey(), name -> new ArrayList<>())
                        .add(Ddl.value(value.masterKey(), value.encrypted()));
            }
            Map<String, KeyMetadata.Version> versions = KeyMetadata.versions(connection);
            values.forEach((name, all) ->
                    statements.add(Ddl.createColumnKey(name, String.join(", ", all)) + version(versions.get(name))));
        }
        script.deliver(new DatabaseOptions(), statements);
        return 0;
    }

    /** For the reader: a database numbers its keys itself, and a cell names neither id nor version (AE-45). */
    private static String version(KeyMetadata.@Nullable Version version) {
        return version == null
                ? ""
                : " /* id " + version.id() + ", metadata version 0x"
                        + HexFormat.of().formatHex(version.version()) + " */";
    }
}
