package dev.strongroom.keys;

import picocli.CommandLine.Mixin;

/** A command that works on a database with keys at hand. */
abstract class KeyCommand extends ToolCommand {
    @Mixin
    final StoreOptions store = new StoreOptions();
}
