package dev.strongroom.storage.backup;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.NumberedError;

/** Errors of media, with SQL Server's numbers. */
final class BackupErrors {
    private BackupErrors() {}

    /** 3241: this is no backup, or its structure is broken. */
    static DatabaseException malformed(String device, long position, String why) {
        return NumberedError.BACKUP_MEDIA_INVALID
                .report("the media family on device \"" + device + "\" is incorrectly formed at byte " + position + ": "
                        + why)
                .exception();
    }

    /** 3189: it is a backup, and somebody or something changed it. */
    static DatabaseException damaged(String device, long position, String why) {
        return NumberedError.BACKUP_SET_DAMAGED
                .report("damage to the backup set was detected: device \"" + device + "\", byte " + position + ": "
                        + why)
                .exception();
    }

    /** 3201. */
    static DatabaseException cannotOpen(String device, DatabaseException cause) {
        boolean full = cause.code() == ErrorCode.DISK_FULL;
        return full
                ? cause
                : NumberedError.BACKUP_DEVICE
                        .report("cannot open backup device \"" + device + "\": "
                                + cause.report().message())
                        .exception(cause);
    }
}
