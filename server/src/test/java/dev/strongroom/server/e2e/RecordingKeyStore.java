package dev.strongroom.server.e2e;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.key.ColumnKeyProvider;
import dev.strongroom.client.provider.PemDirectoryProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A key store of the application's own, over a folder of master keys, that remembers what it was asked to open. */
final class RecordingKeyStore implements ColumnKeyProvider {
    /** One call: what was asked for, and a copy of the key that was handed out. */
    record Call(String path, String algorithm, byte[] encryptedValue, byte[] key) {}

    private final String name;
    private final PemDirectoryProvider real;
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    RecordingKeyStore(String name, Path folder) {
        this.name = name;
        this.real = new PemDirectoryProvider(folder, false, null);
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }

    void forget() {
        calls.clear();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean trusts(String masterKeyPath) {
        return real.trusts(masterKeyPath);
    }

    @Override
    public byte[] decryptColumnEncryptionKey(String path, String algorithm, byte[] value)
            throws ColumnEncryptionException {
        byte[] key = real.decryptColumnEncryptionKey(path, algorithm, value);
        calls.add(new Call(path, algorithm, value.clone(), key.clone()));
        return key;
    }

    @Override
    public byte[] encryptColumnEncryptionKey(String path, String algorithm, byte[] key)
            throws ColumnEncryptionException {
        return real.encryptColumnEncryptionKey(path, algorithm, key);
    }

    @Override
    public byte[] signColumnMasterKeyMetadata(String path, boolean enclave) throws ColumnEncryptionException {
        return real.signColumnMasterKeyMetadata(path, enclave);
    }

    @Override
    public boolean verifyColumnMasterKeyMetadata(String path, boolean enclave, byte[] signature)
            throws ColumnEncryptionException {
        return real.verifyColumnMasterKeyMetadata(path, enclave, signature);
    }
}
