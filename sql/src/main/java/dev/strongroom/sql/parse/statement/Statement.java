package dev.strongroom.sql.parse.statement;

/** Any statement a client can send. */
public sealed interface Statement
        permits Query,
                Modification,
                TableStatement,
                DatabaseStatement,
                ObjectStatement,
                RoleStatement,
                TransactionStatement,
                SettingStatement,
                PreparedStatement,
                CursorStatement,
                MaintenanceStatement,
                Copy,
                Explain,
                Use,
                KeyStatement,
                CertificateStatement,
                ColumnKeyStatement,
                ProviderStatement,
                EncryptionStatement,
                BackupStatement,
                AuditStatement,
                Unsupported {}
