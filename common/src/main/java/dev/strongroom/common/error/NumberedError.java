package dev.strongroom.common.error;

import java.util.Optional;

/**
 * The errors, warnings and notices of the key statements, by the number SQL Server gives them (TDE-160); numbers from 91001
 * on are ours. The number travels in the routine field, number, severity and state in the detail (TDE-105). The message is
 * written where the error is raised.
 */
public enum NumberedError {
    IN_TRANSACTION_BLOCK(226, 16, ErrorCode.ACTIVE_SQL_TRANSACTION),
    OBJECT_PERMISSION_DENIED(229, 14, ErrorCode.INSUFFICIENT_PRIVILEGE),
    DATABASE_PERMISSION_DENIED(262, 14, ErrorCode.INSUFFICIENT_PRIVILEGE),
    TEMPDB_BACKUP(3147, 16, ErrorCode.WRONG_OBJECT_TYPE),
    ALTER_DATABASE_LOCK(5061, 16, ErrorCode.LOCK_NOT_AVAILABLE),
    ALTER_DATABASE_FAILED(5069, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    NOT_FOUND_OR_DENIED(15151, 16, ErrorCode.UNDEFINED_OBJECT),
    KEY_FILE_INVALID(15208, 16, ErrorCode.UNDEFINED_FILE),
    ENCRYPTION_FAILED(15209, 16, ErrorCode.INTERNAL_ERROR),
    SUBJECT_LENGTH(15212, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    EXPIRY_BEFORE_START(15213, 16, ErrorCode.WARNING, Severity.WARNING),
    CERTIFICATE_EXPIRED(15214, 16, ErrorCode.WARNING, Severity.WARNING),
    CERTIFICATE_NOT_YET_VALID(15215, 16, ErrorCode.WARNING, Severity.WARNING),
    OBJECT_EXISTS(15232, 16, ErrorCode.DUPLICATE_OBJECT),
    FILE_EXISTS(15240, 16, ErrorCode.DUPLICATE_FILE),
    FILE_NOT_WRITABLE(15240, 16, ErrorCode.IO_ERROR),
    NO_PRIVATE_KEY_TO_EXPORT(15246, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    NO_PERMISSION(15247, 16, ErrorCode.INSUFFICIENT_PRIVILEGE),
    NO_MASTER_KEY_PASSWORD_HERE(15276, 16, ErrorCode.WRONG_OBJECT_TYPE),
    NAME_EXISTS(15282, 10, ErrorCode.DUPLICATE_OBJECT),
    GENERAL_CRYPTOGRAPHY(15296, 16, ErrorCode.INTERNAL_ERROR),
    KEY_DATA_INVALID(15297, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    PUBLIC_KEY_SIGNATURE(15299, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    NOT_ENCRYPTED_BY_THIS(15313, 10, ErrorCode.INVALID_PASSWORD),
    KEY_NOT_OPEN(15315, 10, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    MASTER_KEY_FILE(15317, 16, ErrorCode.UNDEFINED_FILE),
    CANNOT_DECRYPT_DEPENDENT(15320, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    CANNOT_DECRYPT_CURRENT(15329, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    PASSWORD_NEEDED(15334, 10, ErrorCode.INVALID_PASSWORD),
    NO_PRIVATE_KEY(15342, 10, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    OWNER_KIND(15345, 16, ErrorCode.INSUFFICIENT_PRIVILEGE),
    IN_USE(15352, 16, ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST),
    SCHEMA_OWNER_KIND(15353, 16, ErrorCode.INSUFFICIENT_PRIVILEGE),
    CANNOT_DECRYPT_LINKED_LOGIN(15393, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    CERTIFICATE_EXISTS(15396, 16, ErrorCode.DUPLICATE_OBJECT),
    PASSWORD_NOT_NEEDED(15397, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    SERVICE_KEY_UNUSABLE(15448, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    NO_MACHINE_WRAP(15451, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    MACHINE_WRAP_EXISTS(15455, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    KEY_FORMAT(15464, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    PRIVATE_KEY_PASSWORD(15465, 16, ErrorCode.INVALID_PASSWORD),
    DECRYPTION_FAILED(15466, 16, ErrorCode.INTERNAL_ERROR),
    KEY_GENERATION_FAILED(15468, 16, ErrorCode.INTERNAL_ERROR),
    KEY_MISMATCH(15474, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    SIGNING_FAILED(15506, 16, ErrorCode.INTERNAL_ERROR),
    KEY_DAMAGED(15507, 16, ErrorCode.DATA_CORRUPTED),
    KEY_CREATION_FAILED(15508, 16, ErrorCode.INTERNAL_ERROR),
    OBJECT_NAME_EXISTS(15530, 16, ErrorCode.DUPLICATE_OBJECT),
    NO_KEY_OR_PASSWORD(15556, 10, ErrorCode.INVALID_PASSWORD),
    MASTER_KEY_ENCRYPTION_EXISTS(15557, 10, ErrorCode.DUPLICATE_OBJECT),
    MASTER_KEY_ENCRYPTION_NEEDED(15558, 10, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    PRINCIPAL_MAPPED(15559, 10, ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST),
    PRIVATE_KEY_EXISTS(15563, 10, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    MASTER_KEY_EXISTS(15578, 16, ErrorCode.DUPLICATE_OBJECT),
    ENCRYPTION_MAY_EXIST(15579, 16, ErrorCode.DUPLICATE_OBJECT),
    MASTER_KEY_PROTECTS(15580, 16, ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST),
    NO_MASTER_KEY(15581, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    FORCED_LOSS(15584, 10, ErrorCode.WARNING, Severity.WARNING),
    FORCED_LOSS_OF_KEY(15585, 10, ErrorCode.WARNING, Severity.WARNING),
    KEY_FILE_UNREADABLE(33005, 16, ErrorCode.UNDEFINED_FILE),
    PRIVATE_KEY_PROTECTS(33011, 16, ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST),
    EKM_DISABLED(33053, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    PASSWORD_TOO_SHORT(33062, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    PASSWORD_TOO_LONG(33063, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    PASSWORD_TOO_SIMPLE(33064, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    SECRET_TOO_LONG(33067, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    FILE_AND_BINARY(33069, 16, ErrorCode.SYNTAX_ERROR),
    ENCRYPTOR_NOT_BACKED_UP(33091, 10, ErrorCode.WARNING, Severity.WARNING),
    SERVICE_KEY_TROUBLE(33094, 10, ErrorCode.WARNING, Severity.WARNING),
    ROOT_WRAP_FAILED(33095, 10, ErrorCode.WARNING, Severity.WARNING),
    SERVICE_KEY_ERROR(33096, 10, ErrorCode.WARNING, Severity.WARNING),
    ENCRYPTOR_NOT_MASTER_KEY_PROTECTED(33101, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    SYSTEM_DATABASE(33102, 16, ErrorCode.WRONG_OBJECT_TYPE),
    DATABASE_KEY_EXISTS(33103, 16, ErrorCode.DUPLICATE_OBJECT),
    DATABASE_KEY_MISSING(33104, 16, ErrorCode.UNDEFINED_OBJECT),
    DATABASE_KEY_IN_USE(33105, 16, ErrorCode.OBJECT_IN_USE),
    NO_DATABASE_KEY(33106, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    ALREADY_ENCRYPTED(33107, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    ALREADY_UNENCRYPTED(33108, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    SWITCH_DURING_SCAN(33109, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    KEY_CHANGE_DURING_SCAN(33110, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    ENCRYPTOR_NOT_FOUND(33111, 16, ErrorCode.UNDEFINED_OBJECT),
    ENCRYPTOR_NOT_FOUND_AT_CONNECT(33111, 16, ErrorCode.CANNOT_CONNECT_NOW),
    SCAN_BEGINS(33112, 10, ErrorCode.SUCCESSFUL_COMPLETION, Severity.NOTICE),
    SCAN_COMPLETE(33113, 10, ErrorCode.SUCCESSFUL_COMPLETION, Severity.NOTICE),
    SCAN_ABORTED(33114, 10, ErrorCode.WARNING, Severity.WARNING),
    DATABASE_LOCK(33115, 16, ErrorCode.LOCK_NOT_AVAILABLE),
    NAMED_DATABASE_LOCK(33116, 16, ErrorCode.LOCK_NOT_AVAILABLE),
    DATABASE_READ_ONLY(33118, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    FILEGROUP_SWITCH(33119, 16, ErrorCode.OBJECT_IN_USE),
    ASYMMETRIC_KEY_NOT_IN_EKM(33120, 16, ErrorCode.WRONG_OBJECT_TYPE),
    ASYMMETRIC_KEY_WITHOUT_LOGIN(33121, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    LOG_BACKUP_NEEDED(33122, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    KEY_IN_USE_ON_SECONDARY(33123, 16, ErrorCode.OBJECT_IN_USE),
    DATABASE_KEY_DAMAGED(33126, 10, ErrorCode.DATA_CORRUPTED),
    ENCRYPTOR_IN_USE(33127, 16, ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST),
    DEPRECATED_ALGORITHM(33128, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    PROTECTOR_CHANGE_RUNNING(33145, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    PASSWORD_CLAUSE_NEEDED(33161, 15, ErrorCode.INVALID_PARAMETER_VALUE),
    KEY_TOO_LONG(33178, 16, ErrorCode.INVALID_PARAMETER_VALUE),
    PAGE_AUTHENTICATION(91001, 20, ErrorCode.DATA_CORRUPTED),
    LOG_AUTHENTICATION(91002, 20, ErrorCode.DATA_CORRUPTED),
    REFUSED_DURING_SCAN(91003, 16, ErrorCode.OBJECT_IN_USE),
    ROOT_FILE_UNSAFE(91004, 20, ErrorCode.CONFIG_FILE_ERROR),
    ROOT_UNAVAILABLE(91005, 20, ErrorCode.CONFIG_FILE_ERROR),
    NO_SCAN(91006, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    EXPIRED_FOR_BACKUP(91008, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    BACKUP_NOT_APPENDABLE(91009, 16, ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE),
    SELF_TEST(91010, 20, ErrorCode.INTERNAL_ERROR),
    MANIFEST_MISMATCH(91011, 16, ErrorCode.DATA_CORRUPTED),
    UNOPENABLE_AT_RESTART(91016, 16, ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST);

    /** From this severity on an error ends the connection (TDE-106). */
    private static final int FATAL_SEVERITY = 20;

    private final int number;
    private final int level;
    private final ErrorCode code;
    private final Severity severity;

    NumberedError(int number, int level, ErrorCode code) {
        this(number, level, code, level >= FATAL_SEVERITY ? Severity.FATAL : Severity.ERROR);
    }

    NumberedError(int number, int level, ErrorCode code, Severity severity) {
        this.number = number;
        this.level = level;
        this.code = code;
        this.severity = severity;
    }

    public int number() {
        return number;
    }

    /** SQL Server's severity, 10 to 25. */
    public int level() {
        return level;
    }

    public ErrorCode code() {
        return code;
    }

    public Severity severity() {
        return severity;
    }

    /** The report with state 1. */
    public ErrorReport report(String message) {
        return report(message, 1);
    }

    public ErrorReport report(String message, int state) {
        return as(severity, message, state);
    }

    /** The report of a failure at run time that would be fatal only while a database is being opened (S-25). */
    public ErrorReport atRunTime(String message, int state) {
        return as(Severity.ERROR, message, state);
    }

    private ErrorReport as(Severity shown, String message, int state) {
        return ErrorReport.of(shown, code, message)
                .withDetail("error " + number + ", severity " + level + ", state " + state)
                .withRoutine("MSSQL" + number);
    }

    public DatabaseException exception(String message) {
        return report(message).exception();
    }

    /** The number in a report, if it has one. */
    public static Optional<Integer> numberOf(ErrorReport report) {
        String routine = report.routine();
        return routine != null && routine.startsWith("MSSQL")
                ? Optional.of(Integer.valueOf(routine.substring("MSSQL".length())))
                : Optional.empty();
    }
}
