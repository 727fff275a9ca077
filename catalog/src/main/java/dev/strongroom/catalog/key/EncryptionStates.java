package dev.strongroom.catalog.key;

import static dev.strongroom.storage.encryption.EncryptionStatus.DECRYPTING;
import static dev.strongroom.storage.encryption.EncryptionStatus.ENCRYPTED;
import static dev.strongroom.storage.encryption.EncryptionStatus.ENCRYPTING;
import static dev.strongroom.storage.encryption.EncryptionStatus.KEY_CHANGE;
import static dev.strongroom.storage.encryption.EncryptionStatus.NO_KEY;
import static dev.strongroom.storage.encryption.EncryptionStatus.PROTECTION_CHANGE;
import static dev.strongroom.storage.encryption.EncryptionStatus.SCAN_ABORTED;
import static dev.strongroom.storage.encryption.EncryptionStatus.SCAN_RUNNING;
import static dev.strongroom.storage.encryption.EncryptionStatus.SCAN_SUSPENDED;
import static dev.strongroom.storage.encryption.EncryptionStatus.UNENCRYPTED;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.storage.encryption.EncryptionStatus;

/** The state table TDE-154: which statement is allowed in which state, and the error where it is not. */
final class EncryptionStates {
    private EncryptionStates() {}

    static void requireOn(EncryptionStatus status) {
        switch (status.state()) {
            case NO_KEY -> throw noKey();
            case UNENCRYPTED -> {}
            case ENCRYPTED ->
                throw NumberedError.ALREADY_ENCRYPTED.exception(
                        "cannot enable database encryption because it is already enabled");
            default -> throw duringScan();
        }
    }

    static void requireOff(EncryptionStatus status) {
        switch (status.state()) {
            case NO_KEY -> throw noKey();
            case UNENCRYPTED ->
                throw NumberedError.ALREADY_UNENCRYPTED.exception(
                        "cannot disable database encryption because it is already disabled");
            case ENCRYPTED -> {}
            default -> throw duringScan();
        }
    }

    /** After an aborted scan the same statement starts it again (TDE-304, 33114). */
    static boolean resumesByOn(EncryptionStatus status) {
        return status.state() == ENCRYPTING && status.scanState() == SCAN_ABORTED;
    }

    static boolean resumesByOff(EncryptionStatus status) {
        return status.state() == DECRYPTING && status.scanState() == SCAN_ABORTED;
    }

    static void requireSuspend(EncryptionStatus status) {
        if (!scanning(status) || status.scanState() != SCAN_RUNNING) {
            throw NumberedError.NO_SCAN.exception("cannot suspend the encryption scan because none is running");
        }
    }

    static void requireResume(EncryptionStatus status) {
        boolean stopped = status.scanState() == SCAN_SUSPENDED || status.scanState() == SCAN_ABORTED;
        if (!scanning(status) || !stopped) {
            throw NumberedError.NO_SCAN.exception("cannot resume the encryption scan because none is suspended");
        }
    }

    /** REGENERATE. */
    static void requireKeyChange(EncryptionStatus status) {
        requireKey(status);
        if (status.state() != UNENCRYPTED && status.state() != ENCRYPTED) {
            throw keyChangeDuringScan();
        }
    }

    /** ENCRYPTION BY SERVER. */
    static void requireProtectionChange(EncryptionStatus status) {
        requireKey(status);
        if (status.state() == PROTECTION_CHANGE) {
            throw NumberedError.PROTECTOR_CHANGE_RUNNING.exception(
                    "cannot change the encryptor of the database encryption key while another change is in progress");
        }
        if (scanning(status)) {
            throw keyChangeDuringScan();
        }
    }

    static void requireDrop(EncryptionStatus status) {
        requireKey(status);
        if (status.state() != UNENCRYPTED) {
            throw NumberedError.DATABASE_KEY_IN_USE
                    .report("cannot drop the database encryption key because it is currently in use")
                    .withHint("Database encryption needs to be turned off to be able to drop the key.")
                    .exception();
        }
    }

    private static void requireKey(EncryptionStatus status) {
        if (status.state() == NO_KEY) {
            throw NumberedError.DATABASE_KEY_MISSING.exception(
                    "a database encryption key does not exist for this database");
        }
    }

    private static boolean scanning(EncryptionStatus status) {
        return status.state() == ENCRYPTING || status.state() == KEY_CHANGE || status.state() == DECRYPTING;
    }

    private static DatabaseException noKey() {
        return NumberedError.NO_DATABASE_KEY
                .report("cannot enable or disable database encryption because there is no database encryption key")
                .withHint("Use CREATE DATABASE ENCRYPTION KEY.")
                .exception();
    }

    private static DatabaseException duringScan() {
        return NumberedError.SWITCH_DURING_SCAN.exception("cannot enable or disable database encryption while an"
                + " encryption, decryption, or key change scan is in progress");
    }

    private static DatabaseException keyChangeDuringScan() {
        return NumberedError.KEY_CHANGE_DURING_SCAN.exception(
                "cannot change the database encryption key while an encryption, decryption, or key change scan is in"
                        + " progress");
    }
}
