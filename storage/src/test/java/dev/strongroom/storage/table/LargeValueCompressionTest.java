package dev.strongroom.storage.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LargeValueCompressionTest {
    private static final long SEED = 20261122;

    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void textBecomesSmallerAndComesBack() {
        byte[] text = "a sentence that says itself again. ".repeat(500).getBytes(StandardCharsets.UTF_8);
        byte[] packed = LargeValueCompression.pack(text);
        assertThat(packed.length).isLessThan(text.length / 10);
        assertThat(LargeValueCompression.unpack(packed)).isEqualTo(text);
    }

    @Test
    void rowsKeepLargeTextsCompressed() {
        RowCodec codec = new RowCodec(new TableLayout(
                1, "public", "t", 0, List.of(new ColumnLayout("t", PgType.TEXT)), "", List.of(), List.of()));
        List<byte[]> written = new ArrayList<>();
        RowCodec.LargeValues large = new RowCodec.LargeValues() {
            @Override
            public long write(byte[] value) {
                written.add(value);
                return written.size() - 1;
            }

            @Override
            public byte[] read(long valueId, int length) {
                assertThat(written.get((int) valueId)).hasSize(length);
                return written.get((int) valueId);
            }
        };
        Row row = new Row(1);
        String text = "x".repeat(100_000);
        row.setRef(0, text);
        byte[] image = codec.encode(row, RowCodec.MAX_ENTRY, large);
        assertThat(written.getFirst().length).isLessThan(1000);
        Row read = new Row(1);
        codec.decode(image, 0, null, large, read);
        String back = read.getRef(0);
        assertThat(back).isEqualTo(text);
    }

    @Test
    void whatDoesNotGetSmallerStaysAsItIs() {
        byte[] noise = new byte[5000];
        random.nextBytes(noise);
        assertThat(LargeValueCompression.pack(noise)).isSameAs(noise);
        byte[] tiny = {1, 1, 1, 1};
        assertThat(LargeValueCompression.pack(tiny)).isSameAs(tiny);
    }

    @Test
    void mixturesOfAnyLengthComeBack() {
        for (int round = 0; round < 300; round++) {
            byte[] value = new byte[random.nextInt(20_000)];
            for (int at = 0; at < value.length; at += 50) {
                byte fill = (byte) random.nextInt(random.nextBoolean() ? 2 : 256);
                Arrays.fill(value, at, Math.min(value.length, at + random.nextInt(50) + 1), fill);
            }
            byte[] packed = LargeValueCompression.pack(value);
            if (packed != value) {
                assertThat(LargeValueCompression.unpack(packed))
                        .as("seed %d round %d", SEED, round)
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void damageIsAnErrorAndNeverMore() {
        byte[] packed = LargeValueCompression.pack(new byte[10_000]);
        for (int round = 0; round < 2000; round++) {
            byte[] damaged = Arrays.copyOf(packed, random.nextInt(packed.length + 1));
            for (int i = 0; i < damaged.length; i++) {
                if (i > 1 && random.nextInt(4) == 0) {
                    damaged[i] = (byte) random.nextInt(256);
                }
            }
            try {
                LargeValueCompression.unpack(damaged);
            } catch (DatabaseException expected) {
                assertThat(expected.report().code())
                        .as("seed %d round %d", SEED, round)
                        .isEqualTo(ErrorCode.DATA_CORRUPTED);
            }
        }
        assertThatThrownBy(() -> LargeValueCompression.unpack(new byte[] {-1, 0, 0, 0, 0}))
                .isInstanceOf(DatabaseException.class);
    }
}
