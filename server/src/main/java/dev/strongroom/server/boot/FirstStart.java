package dev.strongroom.server.boot;

import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.DekWraps;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.password.ScramVerifier;
import dev.strongroom.storage.database.NewKey;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.table.Database;
import org.jspecify.annotations.Nullable;

/**
 * Builds the databases every server has. {@code master} comes last and its format row comes last in it, so an initialisation
 * cut short is begun again at the next start.
 */
final class FirstStart {
    private final Storage<TableContent> storage;
    private final ServiceMasterKey serviceKey;
    private final Randomness randomness;

    FirstStart(Storage<TableContent> storage, ServiceMasterKey serviceKey, Randomness randomness) {
        this.storage = storage;
        this.serviceKey = serviceKey;
        this.randomness = randomness;
    }

    /** Whether an earlier start completed {@link #run}. */
    boolean isDone() {
        return storage.exists(Storage.MASTER)
                && CatalogBootstrap.initialized(
                        storage.open(Storage.MASTER).content().tables());
    }

    /** Builds {@code model}, {@code msdb}, {@code postgres} and {@code master}. */
    void run(String password) {
        storage.close(Storage.MASTER);
        build(Storage.MODEL, systemKey());
        build(Storage.MSDB, systemKey());
        build(Storage.POSTGRES, null);
        Database master = storage.create(Storage.MASTER, systemKey()).content().tables();
        CatalogBootstrap.initializeShared(
                master, ScramVerifier.of(password, randomness).text());
        CatalogBootstrap.initialize(master);
    }

    /** Makes {@code tempdb} anew, sealed under a key nobody keeps. */
    void makeTemporary() {
        try (KeyBuffer dek = KeyBuffer.random(randomness, DekAlgorithm.AES_256.keyBytes())) {
            KeyVersion key = KeyVersion.derive(1, encryptionId(), DekAlgorithm.AES_256, dek);
            build(Storage.TEMPDB, new NewKey(key, null));
        }
    }

    private void build(int id, @Nullable NewKey key) {
        CatalogBootstrap.initialize(storage.create(id, key).content().tables());
    }

    /** A key wrapped by the service master key: system databases are always sealed (S-3). */
    private NewKey systemKey() {
        byte[] encryptionId = encryptionId();
        try (KeyBuffer dek = KeyBuffer.random(randomness, DekAlgorithm.AES_256.keyBytes())) {
            WrappedDek wrapped = DekWraps.wrap(dek, DekAlgorithm.AES_256, 1, encryptionId, serviceKey, randomness);
            return new NewKey(KeyVersion.derive(1, encryptionId, DekAlgorithm.AES_256, dek), wrapped);
        }
    }

    private byte[] encryptionId() {
        byte[] id = new byte[KeyVersion.ENCRYPTION_ID_BYTES];
        randomness.fill(id);
        return id;
    }
}
