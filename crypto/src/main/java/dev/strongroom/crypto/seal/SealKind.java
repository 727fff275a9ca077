package dev.strongroom.crypto.seal;

/** What is sealed: the byte in the associated data that keeps one kind from being passed off as another (TDE-502). */
public enum SealKind {
    DATA(1),
    LOG(2),
    TEMP(3),
    BACKUP(4),
    BOOT(5);

    private final int code;

    SealKind(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
