package dev.strongroom.sql.parse.statement;

import org.jspecify.annotations.Nullable;

/** Service master key and database master key (tde.md 1.2 and 1.3). */
public sealed interface KeyStatement extends Statement {
    /** ALTER SERVICE MASTER KEY [FORCE] REGENERATE. */
    record RegenerateServiceKey(boolean force) implements KeyStatement {}

    /** ALTER SERVICE MASTER KEY ADD|DROP ENCRYPTION BY MACHINE KEY [PROVIDER '…']. */
    record AlterServiceKeyRoot(boolean add, @Nullable String provider) implements KeyStatement {}

    /** ALTER SERVICE MASTER KEY WITH OLD_ACCOUNT/NEW_ACCOUNT …: 0A000. */
    record AlterServiceKeyAccount(boolean old, String account, Secret password) implements KeyStatement {}

    record BackupServiceKey(String path, Secret password) implements KeyStatement {}

    record RestoreServiceKey(String path, Secret password, boolean force) implements KeyStatement {}

    /** CREATE MASTER KEY; the password may be missing (33161). */
    record CreateMasterKey(@Nullable Secret password) implements KeyStatement {}

    record OpenMasterKey(Secret password) implements KeyStatement {}

    record CloseMasterKey() implements KeyStatement {}

    record RegenerateMasterKey(boolean force, Secret password) implements KeyStatement {}

    /** ALTER MASTER KEY ADD|DROP ENCRYPTION BY SERVICE MASTER KEY (no password) or BY PASSWORD. */
    record AlterMasterKeyWrap(boolean add, @Nullable Secret password, boolean force) implements KeyStatement {}

    record DropMasterKey() implements KeyStatement {}

    record BackupMasterKey(String path, Secret password) implements KeyStatement {}

    record RestoreMasterKey(String path, Secret decryption, Secret encryption, boolean force) implements KeyStatement {}
}
