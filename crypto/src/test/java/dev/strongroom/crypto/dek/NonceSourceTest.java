package dev.strongroom.crypto.dek;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.SeededRandomness;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NonceSourceTest {
    /** TDE-511: one derivation serves as many nonces as share a prefix. */
    @Test
    void prefixStaysAndCounterGoesUpByOne() {
        NonceSource source = new NonceSource(new SeededRandomness(1));
        byte[] first = next(source);
        byte[] second = next(source);
        assertThat(Arrays.copyOf(second, 12)).isEqualTo(Arrays.copyOf(first, 12));
        byte[] expected = new byte[24];
        NonceSource.add(first, 1, expected, 0);
        assertThat(second).isEqualTo(expected);
    }

    @Test
    void prefixChangesAfterItsShareOfNonces() {
        NonceSource source = new NonceSource(new SeededRandomness(2), 3);
        Set<String> prefixes = new HashSet<>();
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 9; i++) {
            byte[] nonce = next(source);
            prefixes.add(HexFormat.of().formatHex(nonce, 0, 12));
            nonces.add(HexFormat.of().formatHex(nonce));
        }
        assertThat(prefixes).hasSize(3);
        assertThat(nonces).hasSize(9);
    }

    @Test
    void counterCarriesIntoItsHighWordAndWrapsAround() {
        Randomness ones = new Randomness() {
            @Override
            public void fill(byte[] bytes) {
                Arrays.fill(bytes, (byte) 0xff);
            }

            @Override
            public long nextLong() {
                return -1;
            }
        };
        NonceSource source = new NonceSource(ones);
        byte[] last = next(source);
        byte[] wrapped = next(source);
        assertThat(Arrays.copyOfRange(wrapped, 12, 24)).containsOnly(0);
        byte[] expected = new byte[24];
        NonceSource.add(last, 1, expected, 0);
        assertThat(wrapped).isEqualTo(expected);
    }

    @Test
    void eachOpeningDrawsItsOwnPrefix() {
        SeededRandomness randomness = new SeededRandomness(3);
        byte[] first = next(new NonceSource(randomness));
        byte[] second = next(new NonceSource(randomness));
        assertThat(Arrays.copyOf(first, 12)).isNotEqualTo(Arrays.copyOf(second, 12));
    }

    private static byte[] next(NonceSource source) {
        byte[] nonce = new byte[24];
        source.next(nonce, 0);
        return nonce;
    }
}
