package dev.strongroom.keys;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code strongroom keys}. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description =
                "Keys of Always Encrypted. Run it where the application's keys are, not on the database's machine.",
        subcommands = {
            MasterKeyCommands.class,
            ColumnKeyCommands.class,
            ColumnCommands.class,
            VerifyCommand.class,
            ExportCommand.class,
            ApplyCommand.class,
            LoadCommand.class,
            UnloadCommand.class
        })
public final class KeyTool {
    /** Exit code of a failure that is not about how the command was written. */
    static final int FAILED = 1;

    private KeyTool() {}

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, arguments));
    }

    /** Runs one command and returns its exit code: 0 done, 1 failed or defects found, 2 misuse. */
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new KeyTool())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    String state = failure instanceof SQLException e && e.getSQLState() != null
                            ? " (" + e.getSQLState() + ")"
                            : "";
                    line.getErr().println("strongroom keys: " + failure.getMessage() + state);
                    return failure instanceof UsageException ? 2 : FAILED;
                })
                .execute(arguments);
    }
}
