package dev.strongroom.keys;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keys apply}: the half that has a database and no keys runs what the other half wrote (AE-9). */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Run the DDL another command wrote with --out; no key store is needed.")
final class ApplyCommand extends ToolCommand {
    @Option(names = "--dry-run", description = "Show the statements, and run none.")
    private boolean dryRun;

    @Parameters(paramLabel = "FILE", description = "The file.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
        List<String> statements = Arrays.stream((Files.readString(file) + "\n").split(";\\s*\\n"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
        for (String statement : statements) {
            // A second statement behind a semicolon would run with this half's rights.
            if (statement.contains(";")
                    || !statement.matches("(?s)(CREATE|ALTER|DROP) COLUMN (MASTER|ENCRYPTION) KEY .*")) {
                throw new UsageException(file + " holds something else than key statements");
            }
        }
        statements.forEach(statement -> out().println(statement + ";"));
        if (!dryRun) {
            try (Connection connection = database.plain()) {
                ScriptOptions.run(connection, statements);
            }
            out().println("-- done");
        }
        return 0;
    }
}
