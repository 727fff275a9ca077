package dev.strongroom.crypto.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HkdfTest {
    @Test
    void rfc5869TestCaseThreeFits() {
        byte[] input = new byte[22];
        java.util.Arrays.fill(input, (byte) 0x0b);
        try (KeyBuffer key = KeyBuffer.takeOver(input);
                KeyBuffer extracted = Hkdf.extract(key);
                KeyBuffer expanded = Hkdf.expand(extracted, new byte[0], 42)) {
            assertThat(input).containsOnly(0);
            assertThat(HexFormat.of().formatHex(extracted.copy()))
                    .isEqualTo("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
            assertThat(HexFormat.of().formatHex(expanded.copy()))
                    .isEqualTo("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
        }
    }
}
