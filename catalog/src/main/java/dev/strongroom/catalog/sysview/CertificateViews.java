package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.RowBuilder;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.crypto.hierarchy.Certificate;
import java.util.function.Consumer;

/** {@code sys.certificates} (TDE-203), {@code sys.sr_certificates} (TDE-215). */
final class CertificateViews {
    static final SystemTable CERTIFICATES = SysTable.of(
            15200,
            "certificates",
            "name sysname, certificate_id int, principal_id int, pvt_key_encryption_type char(2),"
                    + " pvt_key_encryption_type_desc nvarchar(60), is_active_for_begin_dialog bit, issuer_name nvarchar(442),"
                    + " cert_serial_number nvarchar(64), sid varbinary, string_sid nvarchar(128), subject nvarchar(4000),"
                    + " expiry_date datetime, start_date datetime, thumbprint varbinary, attested_by nvarchar(260),"
                    + " pvt_key_last_backup_date datetime, key_length int");

    static final SystemTable STRONG_CERTIFICATES = SysTable.of(
            15201,
            "sr_certificates",
            "name sysname, certificate_id int, thumbprint varbinary, thumbprint_sha256 varbinary, create_date datetime");

    private static final int ISSUER_LENGTH = 442;

    private final KeyServices services;

    CertificateViews(KeyServices services) {
        this.services = services;
    }

    void certificates(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        for (CertificateEntry entry : services.catalog().head().certificates(viewer.databaseOid())) {
            if (!viewer.sees(entry)) {
                continue;
            }
            Certificate certificate = entry.certificate();
            String issuer = certificate.issuer();
            row.set("name", entry.name())
                    .set("certificate_id", entry.id())
                    .set("principal_id", entry.ownerOid())
                    .set("pvt_key_encryption_type", entry.protection().code())
                    .set("pvt_key_encryption_type_desc", entry.protection().description())
                    .set("is_active_for_begin_dialog", entry.beginDialog() ? 1 : 0)
                    .set("issuer_name", issuer.substring(0, Math.min(issuer.length(), ISSUER_LENGTH)))
                    .set("cert_serial_number", certificate.serial())
                    .set("subject", certificate.subject())
                    .set("expiry_date", Viewer.timestamp(certificate.expiryMicros()))
                    .set("start_date", Viewer.timestamp(certificate.startMicros()))
                    .set("thumbprint", certificate.thumbprint().bytes())
                    .set("pvt_key_last_backup_date", Viewer.timestamp(entry.backedUpMicros()))
                    .set("key_length", certificate.keyBits())
                    .emit(sink);
        }
    }

    void strongCertificates(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        for (CertificateEntry entry : services.catalog().head().certificates(viewer.databaseOid())) {
            if (viewer.sees(entry)) {
                row.set("name", entry.name())
                        .set("certificate_id", entry.id())
                        .set("thumbprint", entry.certificate().thumbprint().bytes())
                        .set("thumbprint_sha256", entry.certificate().sha256())
                        .set("create_date", Viewer.timestamp(entry.createdMicros()))
                        .emit(sink);
            }
        }
    }
}
