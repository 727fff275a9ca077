package dev.strongroom.storage.backup;

/** What a backup set holds. Numbers as in {@code RESTORE HEADERONLY} and {@code backupset.type}. */
public enum BackupKind {
    DATABASE(1, "D"),
    LOG(2, "L"),
    DIFFERENTIAL(5, "I");

    private final int number;
    private final String letter;

    BackupKind(int number, String letter) {
        this.number = number;
        this.letter = letter;
    }

    /** Column {@code BackupType}. */
    public int number() {
        return number;
    }

    /** Column {@code backupset.type}. */
    public String letter() {
        return letter;
    }

    /** Whether it holds pages. */
    public boolean hasPages() {
        return this != LOG;
    }

    static BackupKind of(int number) {
        for (BackupKind kind : values()) {
            if (kind.number == number) {
                return kind;
            }
        }
        throw new IllegalArgumentException("backup kind " + number);
    }
}
