package dev.strongroom.sql.parse.statement;

import org.jspecify.annotations.Nullable;

/** Certificates (tde.md 1.4). */
public sealed interface CertificateStatement extends Statement {
    String name();

    /** CREATE CERTIFICATE; exactly one of {@code generate} and {@code source} is given. */
    record CreateCertificate(
            String name,
            @Nullable String owner,
            @Nullable Generate generate,
            @Nullable Source source,
            @Nullable Boolean beginDialog)
            implements CertificateStatement {}

    /** {@code [ENCRYPTION BY PASSWORD] WITH SUBJECT, START_DATE, EXPIRY_DATE}. */
    record Generate(
            @Nullable Secret password,
            String subject,
            @Nullable String startDate,
            @Nullable String expiryDate) {}

    /** {@code FROM FILE | BINARY | ASSEMBLY [WITH PRIVATE KEY (…)]}. */
    record Source(
            SourceKind kind,
            @Nullable String path,
            byte @Nullable [] binary,
            @Nullable PrivateKey privateKey) {}

    /** Where an existing certificate comes from. */
    enum SourceKind {
        FILE,
        EXECUTABLE_FILE,
        BINARY,
        ASSEMBLY
    }

    /** {@code WITH [FORMAT = 'PFX',] PRIVATE KEY (…)}. */
    record PrivateKey(
            @Nullable String format,
            @Nullable String path,
            byte @Nullable [] binary,
            @Nullable Secret decryption,
            @Nullable Secret encryption) {}

    record RemovePrivateKey(String name, boolean force) implements CertificateStatement {}

    record AlterPrivateKey(String name, PrivateKey privateKey, boolean force) implements CertificateStatement {}

    record AlterBeginDialog(String name, boolean on) implements CertificateStatement {}

    record BackupCertificate(
            String name, String path, @Nullable PrivateKey privateKey) implements CertificateStatement {}

    record DropCertificate(String name, boolean force) implements CertificateStatement {}
}
