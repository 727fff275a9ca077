package dev.strongroom.server.boot;

import dev.strongroom.common.setting.DataSize;
import dev.strongroom.common.setting.Setting;
import dev.strongroom.common.setting.SettingValues;
import dev.strongroom.crypto.provider.ServiceSecrets;
import dev.strongroom.storage.txn.UndoMemory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Every setting of the server, with its value. */
public final class ServerSettings {
    public static final Setting<Path> DATA =
            new Setting<>("data", "data", "data directory; initialised on first start", Path::of);
    public static final Setting<String> HOST = Setting.text("host", "127.0.0.1", "address to listen on");
    public static final Setting<Integer> PORT = Setting.integer("port", 5432, 0, 65535, "port for clients");
    public static final Setting<String> HTTP_HOST =
            Setting.text("http_host", "127.0.0.1", "address for health, metrics and the status page");
    public static final Setting<Integer> HTTP_PORT =
            Setting.integer("http_port", 8432, 0, 65535, "port for health, metrics and the status page, 0 for none");
    public static final Setting<String> ROOT_PROVIDERS = Setting.text(
            "root_providers", "", "who keeps the root key; empty: file:<data>-root.key beside the data directory");
    public static final Setting<Boolean> ROOT_FILE_GROUP_OK =
            Setting.bool("root_file_group_ok", false, "accept a root key file its group can read (Kubernetes)");
    public static final Setting<Boolean> ALLOW_ENV_PASSPHRASE =
            Setting.bool("allow_env_passphrase", false, "accept a root passphrase from the environment");
    public static final Setting<TlsMode> TLS = Setting.choice("tls", TlsMode.class, TlsMode.AUTO, "who must use TLS");
    public static final Setting<String> TLS_CERTIFICATE_FILE =
            Setting.text("tls_certificate_file", "", "PEM certificate chain; empty: self-signed in <data>/tls");
    public static final Setting<String> TLS_KEY_FILE =
            Setting.text("tls_key_file", "", "PEM private key of tls_certificate_file");
    public static final Setting<DataSize> BUFFER_POOL = new Setting<>(
            "buffer_pool",
            "auto",
            "memory for pages; auto: a quarter of the machine, at most 4GB",
            ServerSettings::pool);
    public static final Setting<Integer> MAX_CONNECTIONS =
            Setting.integer("max_connections", 300, 1, 10_000, "client connections at once");
    public static final Setting<DataSize> UNDO_MEMORY = new Setting<>(
            "undo_memory",
            "auto",
            "memory for undo, older row versions and row locks, beyond it they go to sealed files; auto: a sixteenth of"
                    + " the heap, 32MB to 1GB",
            ServerSettings::undo);
    public static final Setting<DataSize> UNDO_FILE_LIMIT = Setting.size(
            "undo_file_limit", "4GB", "row versions in files kept for old snapshots, per database; then 72000");
    public static final Setting<Integer> OLD_SNAPSHOT_THRESHOLD = Setting.integer(
            "old_snapshot_threshold", 0, 0, 5_184_000, "seconds a snapshot may be used without fear of 72000");
    public static final Setting<LogFormat> LOG_FORMAT =
            Setting.choice("log_format", LogFormat.class, LogFormat.TEXT, "form of the log on standard error");
    public static final Setting<String> KEY_BACKUP_DIR = Setting.text(
            "key_backup_dir", "", "where BACKUP CERTIFICATE and its kin may write; empty: <data>-key-backups");
    public static final Setting<String> BACKUP_DIR = Setting.text(
            "backup_dir", "", "where BACKUP and RESTORE look for relative file names; empty: <data>-backups");
    public static final Setting<String> BACKUP_DIRS =
            Setting.text("backup_dirs", "", "further directories BACKUP and RESTORE may use, separated by colons");
    public static final Setting<String> AUDIT_DIR = Setting.text(
            "audit_dir", "", "where the files of server audits lie; empty: <data>-audit beside the data directory");
    public static final Setting<Integer> TDE_SCAN_MAX_MB_PER_S =
            Setting.integer("tde_scan_max_mb_per_s", 64, 0, 100_000, "speed limit of the encryption scan, 0 for none");
    public static final Setting<Boolean> TDE_DEPRECATED_ALGORITHMS =
            Setting.bool("tde_deprecated_algorithms", true, "accept TRIPLE_DES_3KEY");

    public static final Setting<Boolean> TDE_VERIFY_AT_START = Setting.bool(
            "tde_verify_at_start", false, "at start, refuse databases whose pages were put back to an older state");
    public static final Setting<Boolean> TDE_AUTO_PROVISION = Setting.bool(
            "tde_auto_provision",
            false,
            "SET ENCRYPTION ON makes the master key, certificate and database key it lacks");

    public static final Setting<Boolean> KEEP_ENCRYPTORS_FOR_BACKUPS = Setting.bool(
            "keep_encryptors_for_backups",
            false,
            "refuse to drop certificates and keys that backups of the history need; FORCE overrides");

    public static final Setting<Boolean> EKM_PROVIDER_ENABLED = Setting.bool(
            "ekm_provider_enabled", false, "allow cryptographic providers; as sp_configure 'EKM provider enabled'");

    public static final Setting<String> EKM_SERVICE_SECRETS = Setting.text(
            "ekm_service_secrets", "", "file with the server's own secrets for providers; empty: logins carry them");

    public static final Setting<Integer> EKM_CACHE_TTL = Setting.integer(
            "ekm_cache_ttl",
            ProviderWatch.UNLIMITED,
            ProviderWatch.UNLIMITED,
            31_536_000,
            "seconds a database stays open without its key provider; 0 = to the next checkpoint, -1 = to the next start");

    /** All of them, in the order of the manual. */
    public static final List<Setting<?>> ALL = List.of(
            DATA,
            HOST,
            PORT,
            HTTP_HOST,
            HTTP_PORT,
            ROOT_PROVIDERS,
            ROOT_FILE_GROUP_OK,
            ALLOW_ENV_PASSPHRASE,
            TLS,
            TLS_CERTIFICATE_FILE,
            TLS_KEY_FILE,
            BUFFER_POOL,
            MAX_CONNECTIONS,
            UNDO_MEMORY,
            UNDO_FILE_LIMIT,
            OLD_SNAPSHOT_THRESHOLD,
            LOG_FORMAT,
            KEY_BACKUP_DIR,
            BACKUP_DIR,
            BACKUP_DIRS,
            AUDIT_DIR,
            TDE_SCAN_MAX_MB_PER_S,
            TDE_DEPRECATED_ALGORITHMS,
            TDE_VERIFY_AT_START,
            TDE_AUTO_PROVISION,
            KEEP_ENCRYPTORS_FOR_BACKUPS,
            EKM_PROVIDER_ENABLED,
            EKM_SERVICE_SECRETS,
            EKM_CACHE_TTL);

    private static final long POOL_CAP_BYTES = 4L << 30;
    private static final long MOST_UNDO_OF_A_TRANSACTION = 16L << 20;

    private final SettingValues values;

    public ServerSettings(SettingValues values) {
        this.values = values;
    }

    public <T> T get(Setting<T> setting) {
        return values.get(setting);
    }

    /** Absolute, so that everything beside it has a name. */
    public Path dataDirectory() {
        return get(DATA).toAbsolutePath().normalize();
    }

    /** {@code <data><suffix>}: a file beside, never inside, the data directory. */
    public Path beside(String suffix) {
        Path data = dataDirectory();
        return data.resolveSibling(data.getFileName() + suffix);
    }

    /** The root providers, with the default filled in. */
    public String rootProviders() {
        String given = get(ROOT_PROVIDERS);
        return given.isBlank() ? "file:" + beside("-root.key") : given;
    }

    /** What the server itself opens cryptographic providers with. */
    ServiceSecrets serviceSecrets() {
        String given = get(EKM_SERVICE_SECRETS);
        return given.isBlank()
                ? ServiceSecrets.NONE
                : new ServiceSecrets(Path.of(given).toAbsolutePath());
    }

    /** The directory key backups are confined to. */
    public Path keyBackupDirectory() {
        String given = get(KEY_BACKUP_DIR);
        return given.isBlank()
                ? beside("-key-backups")
                : Path.of(given).toAbsolutePath().normalize();
    }

    /** The directory of backups. */
    public Path backupDirectory() {
        String given = get(BACKUP_DIR);
        return given.isBlank()
                ? beside("-backups")
                : Path.of(given).toAbsolutePath().normalize();
    }

    /** Every directory backups may be in. */
    public List<Path> backupDirectories() {
        List<Path> all = new ArrayList<>();
        all.add(backupDirectory());
        for (String further : get(BACKUP_DIRS).split(":", -1)) {
            if (!further.isBlank()) {
                all.add(Path.of(further).toAbsolutePath().normalize());
            }
        }
        return List.copyOf(all);
    }

    /** The directory audit files are confined to. */
    public Path auditDirectory() {
        String given = get(AUDIT_DIR);
        return given.isBlank()
                ? beside("-audit")
                : Path.of(given).toAbsolutePath().normalize();
    }

    /** Whether clients must use TLS. */
    public boolean tlsRequired() {
        return switch (get(TLS)) {
            case REQUIRED -> true;
            case PREFERRED -> false;
            case AUTO -> !isLoopback(get(HOST));
        };
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static DataSize undo(String text) {
        return text.strip().equals("auto")
                ? new DataSize(Math.clamp(Runtime.getRuntime().maxMemory() / 16, 32L << 20, 1L << 30))
                : DataSize.parse(text);
    }

    /** What undo may take. */
    public UndoMemory.Limits undoLimits() {
        long memory = get(UNDO_MEMORY).bytes();
        return new UndoMemory.Limits(
                memory,
                Math.min(memory / 8, MOST_UNDO_OF_A_TRANSACTION),
                get(UNDO_FILE_LIMIT).bytes(),
                get(OLD_SNAPSHOT_THRESHOLD) * 1_000_000L);
    }

    private static DataSize pool(String text) {
        if (!text.strip().equals("auto")) {
            return DataSize.parse(text);
        }
        java.lang.management.OperatingSystemMXBean system =
                java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        long machine = system instanceof com.sun.management.OperatingSystemMXBean known
                ? known.getTotalMemorySize()
                : POOL_CAP_BYTES;
        return new DataSize(Math.min(POOL_CAP_BYTES, machine / 4));
    }
}
