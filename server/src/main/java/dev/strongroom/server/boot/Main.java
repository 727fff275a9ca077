package dev.strongroom.server.boot;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** Entry point of the process: {@code strongroom serve | verify | restore-system | version | help}. */
@Command(
        name = "strongroom",
        description = "A SQL database server that speaks the PostgreSQL protocol and keeps everything encrypted.",
        subcommands = {
            ServeCommand.class,
            VerifyCommand.class,
            RestoreSystemCommand.class,
            VersionCommand.class,
            TrainCommand.class,
            HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = "In a source tree, ./strongroom test runs the whole test suite.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class)
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs one command and returns what the shell is to be told ({@link ExitCode}). */
    static int run(String... arguments) {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler(
                        (failure, line, parsed) -> Failure.report(failure).code())
                .execute(arguments);
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(System.out);
        }
    }
}
