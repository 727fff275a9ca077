package dev.strongroom.catalog.key;

import dev.strongroom.catalog.object.Role;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.hierarchy.Certificate;
import dev.strongroom.crypto.hierarchy.DatabaseMasterKey;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of the key tables in {@code master}. Nothing in it is secret in the clear. Dates are microseconds since 1970. */
public sealed interface KeyEntry
        permits Grantable, KeyEntry.Commitment, CredentialEntry, OptionEntry, AuditEntry, AuditSpecificationEntry {
    int databaseOid();

    /** Number of the object in its database; for a commitment the key version. */
    int id();

    /**
     * A database master key (TDE-122). Its password wraps are in its own database, see {@link PasswordWraps}.
     *
     * @param edition which wraps there count
     * @param passwordCount how many they are; 0 only while there is a service wrap
     * @param serviceWrap the wrap by the service master key, null after DROP ENCRYPTION BY SERVICE MASTER KEY
     */
    record MasterKeyEntry(
            int databaseOid,
            UUID guid,
            int edition,
            int passwordCount,
            byte @Nullable [] serviceWrap,
            long createdMicros,
            long modifiedMicros,
            Map<Integer, Integer> grants)
            implements Grantable {
        /** SQL Server's number of the database master key. */
        public static final int ID = 101;

        public MasterKeyEntry {
            grants = Map.copyOf(grants);
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public String name() {
            return DatabaseMasterKey.NAME;
        }

        @Override
        public String described() {
            return "symmetric key \"" + name() + "\"";
        }

        /** Whoever owns the database has all rights anyway. */
        @Override
        public int ownerOid() {
            return Role.POSTGRES;
        }

        @Override
        public MasterKeyEntry withGrants(Map<Integer, Integer> newGrants) {
            return new MasterKeyEntry(
                    databaseOid, guid, edition, passwordCount, serviceWrap, createdMicros, modifiedMicros, newGrants);
        }

        MasterKeyEntry withServiceWrap(byte @Nullable [] service, long nowMicros) {
            return new MasterKeyEntry(
                    databaseOid, guid, edition, passwordCount, service, createdMicros, nowMicros, grants);
        }

        /** The next edition, with so many password wraps. */
        MasterKeyEntry withPasswords(int count, long nowMicros) {
            return new MasterKeyEntry(
                    databaseOid, guid, edition + 1, count, serviceWrap, createdMicros, nowMicros, grants);
        }
    }

    /** How a certificate's private key is kept: column {@code pvt_key_encryption_type}. */
    enum Protection {
        NONE("NA", "NO_PRIVATE_KEY"),
        MASTER_KEY("MK", "ENCRYPTED_BY_MASTER_KEY"),
        PASSWORD("PW", "ENCRYPTED_BY_PASSWORD");

        private final String code;
        private final String description;

        Protection(String code, String description) {
            this.code = code;
            this.description = description;
        }

        public String code() {
            return code;
        }

        public String description() {
            return description;
        }

        static Protection ofCode(String code) {
            for (Protection protection : values()) {
                if (protection.code.equals(code)) {
                    return protection;
                }
            }
            throw FieldReader.damaged();
        }
    }

    /**
     * A certificate.
     *
     * @param guid names the private key in its wrap
     * @param wrappedKey the private key under the master key or a password; null without one
     * @param backedUpMicros when the private key was last backed up, 0 = never
     * @param grants permission bits by role, 0 = everybody
     */
    record CertificateEntry(
            int databaseOid,
            int id,
            String name,
            int ownerOid,
            Certificate certificate,
            UUID guid,
            Protection protection,
            byte @Nullable [] wrappedKey,
            boolean beginDialog,
            long createdMicros,
            long backedUpMicros,
            Map<Integer, Integer> grants)
            implements KeyHolder {
        /** The first number of a certificate, as in SQL Server. */
        public static final int FIRST_ID = 256;

        public CertificateEntry {
            grants = Map.copyOf(grants);
        }

        CertificateEntry withKey(Protection kept, byte @Nullable [] wrapped, long backedUp) {
            return with(kept, wrapped, beginDialog, backedUp, grants);
        }

        @Override
        public byte[] wrapContext() {
            return certificate.sha256();
        }

        @Override
        public String described() {
            return "certificate \"" + name + "\"";
        }

        @Override
        public CertificateEntry withPrivateKey(Protection kept, byte @Nullable [] wrapped) {
            return withKey(kept, wrapped, backedUpMicros);
        }

        @Override
        public CertificateEntry withGrants(Map<Integer, Integer> newGrants) {
            return with(protection, wrappedKey, beginDialog, backedUpMicros, newGrants);
        }

        CertificateEntry withBeginDialog(boolean on) {
            return with(protection, wrappedKey, on, backedUpMicros, grants);
        }

        private CertificateEntry with(
                Protection kept,
                byte @Nullable [] wrapped,
                boolean dialog,
                long backedUp,
                Map<Integer, Integer> newGrants) {
            return new CertificateEntry(
                    databaseOid,
                    id,
                    name,
                    ownerOid,
                    certificate,
                    guid,
                    kept,
                    wrapped,
                    dialog,
                    createdMicros,
                    backedUp,
                    newGrants);
        }
    }

    /**
     * What {@code master} knows of one version of a database encryption key (S-2).
     *
     * @param thumbprint the encryptor that wraps it now
     * @param live false once the key was dropped; the number stays taken
     */
    record Commitment(
            int databaseOid,
            int id,
            DekAlgorithm algorithm,
            byte[] encryptionId,
            byte[] commitment,
            Thumbprint thumbprint,
            boolean live)
            implements KeyEntry {
        Commitment wrappedBy(Thumbprint encryptor) {
            return new Commitment(databaseOid, id, algorithm, encryptionId, commitment, encryptor, live);
        }

        Commitment dropped() {
            return new Commitment(databaseOid, id, algorithm, encryptionId, commitment, thumbprint, false);
        }
    }

    /** The body column of a row. */
    static byte[] encode(KeyEntry entry) {
        FieldWriter out = new FieldWriter();
        switch (entry) {
            case MasterKeyEntry key -> {
                out.putInt(1).putUuid(key.guid());
                out.putInt(key.edition()).putInt(key.passwordCount());
                out.putBytes(key.serviceWrap()).putLong(key.createdMicros()).putLong(key.modifiedMicros());
                putGrants(out, key.grants());
            }
            case CertificateEntry certificate -> {
                out.putInt(2).putText(certificate.name()).putInt(certificate.ownerOid());
                out.putBytes(certificate.certificate().encoded()).putUuid(certificate.guid());
                out.putText(certificate.protection().code()).putBytes(certificate.wrappedKey());
                out.putInt(certificate.beginDialog() ? 1 : 0);
                out.putLong(certificate.createdMicros()).putLong(certificate.backedUpMicros());
                putGrants(out, certificate.grants());
            }
            case Commitment commitment -> {
                out.putInt(3).putInt(commitment.algorithm().code()).putBytes(commitment.encryptionId());
                out.putBytes(commitment.commitment())
                        .putBytes(commitment.thumbprint().bytes());
                out.putInt(commitment.live() ? 1 : 0);
            }
            case AsymmetricKeyEntry key -> key.encode(out);
            case ProviderEntry provider -> provider.encode(out);
            case CredentialEntry credential -> credential.encode(out);
            case OptionEntry option -> option.encode(out);
            case AuditEntry audit -> audit.encode(out);
            case AuditSpecificationEntry specification -> specification.encode(out);
        }
        return out.toBytes();
    }

    /** Reads what {@link #encode} wrote. */
    static KeyEntry decode(int databaseOid, int id, byte[] body) {
        FieldReader in = new FieldReader(body);
        return switch (in.takeInt()) {
            case 1 ->
                new MasterKeyEntry(
                        databaseOid,
                        in.takeUuid(),
                        in.takeInt(),
                        in.takeInt(),
                        in.takeBytes(),
                        in.takeLong(),
                        in.takeLong(),
                        in.atEnd() ? Map.of() : grants(in));
            case 2 -> {
                String name = in.takeText();
                int owner = in.takeInt();
                Certificate certificate = Certificate.parse(in.requireBytes());
                UUID guid = in.takeUuid();
                Protection protection = Protection.ofCode(in.takeText());
                yield new CertificateEntry(
                        databaseOid,
                        id,
                        name,
                        owner,
                        certificate,
                        guid,
                        protection,
                        in.takeBytes(),
                        in.takeInt() != 0,
                        in.takeLong(),
                        in.takeLong(),
                        grants(in));
            }
            case 3 ->
                new Commitment(
                        databaseOid,
                        id,
                        DekAlgorithm.ofCode(in.takeInt()).orElseThrow(FieldReader::damaged),
                        in.requireBytes(),
                        in.requireBytes(),
                        Thumbprint.of(in.requireBytes()),
                        in.takeInt() != 0);
            case AsymmetricKeyEntry.CODE -> AsymmetricKeyEntry.decode(databaseOid, id, in);
            case ProviderEntry.CODE -> ProviderEntry.decode(id, in);
            case CredentialEntry.CODE -> CredentialEntry.decode(id, in);
            case OptionEntry.CODE -> OptionEntry.decode(id, in);
            case AuditEntry.CODE -> AuditEntry.decode(id, in);
            case AuditSpecificationEntry.CODE -> AuditSpecificationEntry.decode(databaseOid, id, in);
            default -> throw FieldReader.damaged();
        };
    }

    static void putGrants(FieldWriter out, Map<Integer, Integer> grants) {
        out.putInt(grants.size());
        new TreeMap<>(grants).forEach((role, bits) -> out.putInt(role).putInt(bits));
    }

    /** Permission bits by role. */
    static Map<Integer, Integer> grants(FieldReader in) {
        Map<Integer, Integer> grants = new TreeMap<>();
        for (int count = in.takeInt(); count > 0; count--) {
            grants.put(in.takeInt(), in.takeInt());
        }
        return grants;
    }
}
