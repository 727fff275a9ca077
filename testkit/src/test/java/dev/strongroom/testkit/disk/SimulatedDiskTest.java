package dev.strongroom.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.file.StorageFile;
import dev.strongroom.testkit.random.SeededRandomness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tests of encryption look for on a disk is found wherever it is. */
class SimulatedDiskTest {
    private static final byte[] TEXT = "abracadabra".getBytes(StandardCharsets.US_ASCII);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 16_373, 16_374, 16_380, 16_383, 16_384, 16_385, 50_000, 99_989})
    void aTextIsFoundWhereverItIs(long at) {
        SimulatedDisk disk = new SimulatedDisk(new SeededRandomness(at));
        try (StorageFile file = disk.files().create("file")) {
            file.truncate(100_000);
            file.write(ByteBuffer.wrap("abracadab abracadabr bracadabra".getBytes(StandardCharsets.US_ASCII)), 70_000);
            assertThat(disk.find("file", TEXT)).isEqualTo(-1);
            file.write(ByteBuffer.wrap(TEXT), at);
            assertThat(disk.find("file", TEXT)).isEqualTo(at);
            file.write(ByteBuffer.wrap(TEXT, 0, 1), at + 1);
            assertThat(disk.find("file", TEXT)).isEqualTo(-1);
        }
    }
}
