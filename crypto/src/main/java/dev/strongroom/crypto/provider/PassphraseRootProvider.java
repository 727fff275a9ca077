package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.hierarchy.Opening;
import dev.strongroom.crypto.hierarchy.PasswordWrap;
import dev.strongroom.crypto.key.KeyBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * {@code passphrase:SOURCE}: a passphrase from {@code file:PATH}, {@code fd:NUMBER}, {@code credential:NAME} (systemd) or,
 * where allowed, {@code env:NAME}; never from the command line (TDE-112). PBKDF2 with HMAC-SHA-512, 210 000 rounds.
 */
public final class PassphraseRootProvider implements RootProvider {
    private static final int MIN_LENGTH = 8;

    private final String specification;
    private final Supplier<byte[]> source;

    PassphraseRootProvider(String specification, Supplier<byte[]> source) {
        this.specification = specification;
        this.source = source;
    }

    @Override
    public String specification() {
        return specification;
    }

    @Override
    public void prepareFirstStart(Randomness randomness) {
        passphrase();
    }

    @Override
    public byte[] wrap(KeyBuffer serviceKey, byte[] label, Randomness randomness) {
        return PasswordWrap.wrap(serviceKey, passphrase(), label, randomness).encode();
    }

    @Override
    public KeyBuffer unwrap(byte[] wrapped, byte[] label) {
        PasswordWrap wrap = PasswordWrap.decode(wrapped)
                .orElseThrow(
                        () -> RootFailure.unavailable(specification, "the wrap in the instance record is damaged"));
        return switch (wrap.open(passphrase(), label)) {
            case Opening.Opened(KeyBuffer secret) -> secret;
            case Opening.WrongPassword ignored -> throw RootFailure.doesNotFit(specification);
            case Opening.Damaged ignored ->
                throw RootFailure.unavailable(specification, "the wrap in the instance record is damaged");
        };
    }

    private String passphrase() {
        byte[] content = source.get();
        String text = SecretFile.trimLineEnds(new String(content, StandardCharsets.UTF_8));
        Arrays.fill(content, (byte) 0);
        if (text.length() < MIN_LENGTH) {
            throw RootFailure.unavailable(
                    specification, "the passphrase is shorter than " + MIN_LENGTH + " characters");
        }
        return text;
    }
}
