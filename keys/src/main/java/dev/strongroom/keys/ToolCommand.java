package dev.strongroom.keys;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that works on a database. */
abstract class ToolCommand implements Callable<Integer> {
    @Mixin
    final DatabaseOptions database = new DatabaseOptions();

    @Spec
    private @Nullable CommandSpec spec;

    final PrintWriter out() {
        if (spec == null) {
            throw new IllegalStateException("not inside a command line");
        }
        return spec.commandLine().getOut();
    }
}
