package dev.strongroom.crypto.provider;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.key.KeyBuffer;

/**
 * Something outside the data directory that can wrap and open the service master key (TDE-110). Failures are
 * {@link DatabaseException}s that say what to do; none of them names a secret.
 */
public sealed interface RootProvider
        permits FileRootProvider, PassphraseRootProvider, CommandRootProvider, Pkcs11RootProvider {
    /** As in the setting {@code root_providers}; holds no secret and names the wrap in the instance record. */
    String specification();

    /** Makes what the provider needs on the very first start of an empty data directory; keeps what is there. */
    void prepareFirstStart(Randomness randomness);

    byte[] wrap(KeyBuffer serviceKey, byte[] label, Randomness randomness);

    /** The key, or a failure. {@code wrapped} may come from another specification of the same kind. */
    KeyBuffer unwrap(byte[] wrapped, byte[] label);

    /** The part before the first colon. */
    default String kind() {
        String specification = specification();
        return specification.substring(0, specification.indexOf(':'));
    }
}
