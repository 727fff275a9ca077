package dev.strongroom.storage.database;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.storage.boot.EncryptorLookup;
import dev.strongroom.storage.txn.Decisions;
import java.util.function.Consumer;

/**
 * What the engine stands on.
 *
 * @param files the data directory
 * @param instanceKey authenticates boot records and journals; derived from the service master key
 * @param decisions what {@code master} decided about transactions that wrote it and another database
 * @param onStop told when a database had to stop because the disk failed; the server ends the process
 */
public record StorageEnvironment(
        StorageFiles files,
        Scheduler scheduler,
        Clock clock,
        Randomness randomness,
        MacKey instanceKey,
        EncryptorLookup encryptors,
        Decisions decisions,
        StorageSettings settings,
        Consumer<DatabaseException> onStop) {
    /** Where no transaction writes two databases. */
    public StorageEnvironment(
            StorageFiles files,
            Scheduler scheduler,
            Clock clock,
            Randomness randomness,
            MacKey instanceKey,
            EncryptorLookup encryptors,
            StorageSettings settings,
            Consumer<DatabaseException> onStop) {
        this(files, scheduler, clock, randomness, instanceKey, encryptors, Decisions.NONE, settings, onStop);
    }
}
