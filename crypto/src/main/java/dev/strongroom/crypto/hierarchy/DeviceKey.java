package dev.strongroom.crypto.hierarchy;

import java.security.interfaces.RSAPublicKey;

/** An RSA key whose private half never leaves its device or service: only the public half and its thumbprint are here. */
sealed interface DeviceKey extends DekEncryptor permits RemoteKey, TokenKey {
    AsymmetricKey key();

    @Override
    default WrappedDek.Encryptor kind() {
        return WrappedDek.Encryptor.ASYMMETRIC_KEY;
    }

    @Override
    default Thumbprint thumbprint() {
        return key().thumbprint();
    }

    @Override
    default RSAPublicKey publicKey() {
        return key().publicKey();
    }

    /** The device keeps the key; there is nothing to close. */
    @Override
    default void close() {}
}
