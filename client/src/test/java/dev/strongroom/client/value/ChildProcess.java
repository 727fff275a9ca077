package dev.strongroom.client.value;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.strongroom.client.Vectors;
import dev.strongroom.client.cell.ColumnKey;
import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.key.ColumnKeyCache;
import dev.strongroom.client.key.EncryptedKey;
import dev.strongroom.client.key.KeyEnvelope;
import dev.strongroom.client.key.KeyProviders;
import dev.strongroom.client.key.TrustedPaths;
import dev.strongroom.client.provider.JavaKeyStoreProvider;
import dev.strongroom.client.provider.Secret;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** What tests let run in a Java of its own: cells under another default charset or locale, and heap dumps. */
final class ChildProcess {
    private static final String ALIAS = "strongroom-cmk-1";

    private ChildProcess() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("cells")) {
            System.out.println(cells());
        } else {
            dump(arguments[1], arguments[2], HexFormat.of().parseHex(arguments[3]), Path.of(arguments[4]));
        }
    }

    /** Deterministic cells of values whose bytes a wrong charset or locale would change, and a key path's lower case. */
    static Map<String, String> cells() throws Exception {
        Map<ColumnType, Object> values = Map.of(
                new ColumnType(ColumnType.TEXT, -1), "Z\u00fcrich \u0130I\u0131i \u6f22\u5b57 \ud83d\ude00",
                new ColumnType(ColumnType.VARCHAR, 24), "TITLE i\u0307",
                new ColumnType(ColumnType.NUMERIC, (12 << 16 | 2) + 4), "-1234567.891",
                new ColumnType(ColumnType.BOOL, -1), "TRUE",
                new ColumnType(ColumnType.FLOAT8, -1), "-1.5E-7",
                new ColumnType(ColumnType.DATE, -1), LocalDate.of(1996, 9, 10),
                new ColumnType(ColumnType.TIMESTAMPTZ, 3), "2026-11-22 11:12:13.4567+01");
        Map<String, String> cells = new TreeMap<>();
        try (ColumnKey key = ColumnKey.of(Vectors.columnKey("cek1"))) {
            for (Map.Entry<ColumnType, Object> entry : values.entrySet()) {
                byte[] plain = PlainValues.write(entry.getKey(), true, Usage.ASSIGN, entry.getValue(), ZoneOffset.UTC)
                        .bytes();
                cells.put(
                        entry.getKey().toString(),
                        HexFormat.of().formatHex(key.encrypt(EncryptionType.DETERMINISTIC, plain)));
            }
        }
        byte[] value = Vectors.provider()
                .encryptColumnEncryptionKey("STRONGROOM-CMK-1", KeyEnvelope.ALGORITHM, new byte[ColumnKey.KEY_BYTES]);
        cells.put("path", HexFormat.of().formatHex(KeyEnvelope.path(value).getBytes(StandardCharsets.UTF_8)));
        return cells;
    }

    /** Dumps what is reachable while a key is open, and again once its time is over. */
    private static void dump(String store, String password, byte[] value, Path folder) throws Exception {
        KeyProviders providers = KeyProviders.ofProcess().inner(TrustedPaths.REGISTERED_ONLY);
        providers.add(new JavaKeyStoreProvider(Path.of(store), Secret.of(password), Secret.of(password)));
        EncryptedKey key = new EncryptedKey(
                1,
                1,
                "cek1",
                List.of(new EncryptedKey.Value(JavaKeyStoreProvider.NAME, ALIAS, KeyEnvelope.ALGORITHM, value)));
        ColumnKeyCache cache = new ColumnKeyCache();
        use(cache, key, providers, Duration.ofHours(1));
        dump(folder.resolve("open.hprof"));
        cache.clear();
        ColumnKeyCache brief = new ColumnKeyCache();
        use(brief, key, providers, Duration.ofMillis(1));
        while (brief.size() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
        dump(folder.resolve("closed.hprof"));
        System.out.println("done " + cache.size() + brief.size());
    }

    private static void use(ColumnKeyCache cache, EncryptedKey key, KeyProviders providers, Duration life)
            throws Exception {
        byte[] cell = cache.use(key, providers, life, one -> one.encrypt(EncryptionType.DETERMINISTIC, new byte[20]));
        cache.use(key, providers, life, one -> one.decrypt(cell));
    }

    private static void dump(Path file) throws Exception {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(file.toString(), true);
    }
}
