package dev.strongroom.server.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.setting.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerSettingsTest {
    @TempDir
    Path folder;

    @Test
    void defaultsAreAsDocumented() {
        ServerSettings settings = SettingsSources.read(Map.of(), Optional.empty(), Map.of());
        assertThat(settings.get(ServerSettings.HOST)).isEqualTo("127.0.0.1");
        assertThat(settings.get(ServerSettings.PORT)).isEqualTo(5432);
        assertThat(settings.get(ServerSettings.HTTP_PORT)).isEqualTo(8432);
        assertThat(settings.get(ServerSettings.MAX_CONNECTIONS)).isEqualTo(300);
        assertThat(settings.get(ServerSettings.TDE_SCAN_MAX_MB_PER_S)).isEqualTo(64);
        assertThat(settings.get(ServerSettings.TDE_DEPRECATED_ALGORITHMS)).isTrue();
        assertThat(settings.get(ServerSettings.LOG_FORMAT)).isEqualTo(LogFormat.TEXT);
        assertThat(settings.tlsRequired()).isFalse();
        assertThat(settings.dataDirectory()).isAbsolute().hasFileName("data");
        assertThat(settings.rootProviders()).isEqualTo("file:" + settings.dataDirectory() + "-root.key");
    }

    @Test
    void commandLineBeatsEnvironmentBeatsFile() throws IOException {
        Path file = folder.resolve("strongroom.conf");
        Files.writeString(file, "# comment\nport = 1\nhost = '10.0.0.1' # outside\nmax_connections = 7\n");
        ServerSettings settings = SettingsSources.read(
                Map.of("port", "3"),
                Optional.of(file),
                Map.of("STRONGROOM_PORT", "2", "STRONGROOM_MAX_CONNECTIONS", "8"));
        assertThat(settings.get(ServerSettings.PORT)).isEqualTo(3);
        assertThat(settings.get(ServerSettings.MAX_CONNECTIONS)).isEqualTo(8);
        assertThat(settings.get(ServerSettings.HOST)).isEqualTo("10.0.0.1");
        assertThat(settings.tlsRequired()).isTrue();
    }

    @Test
    void unknownNamesAndBadValuesSayWhatWasExpected() {
        assertThatThrownBy(() -> SettingsSources.read(Map.of("bufferpool", "1GB"), Optional.empty(), Map.of()))
                .hasMessage("command line: unrecognized setting \"bufferpool\", perhaps you mean \"buffer_pool\"");
        assertThatThrownBy(() -> SettingsSources.read(Map.of("port", "x"), Optional.empty(), Map.of()))
                .hasMessage("command line: invalid value for setting \"port\": expected an integer, got \"x\"");
        assertThatThrownBy(() -> SettingsSources.read(Map.of("tls", "maybe"), Optional.empty(), Map.of()))
                .hasMessageContaining("expected one of auto, preferred, required");
    }

    @Test
    void sizesAreReadAndShownInTheirLargestUnit() {
        assertThat(DataSize.parse("512MB").bytes()).isEqualTo(512L << 20);
        assertThat(DataSize.parse("4 GB")).hasToString("4GB");
        assertThat(DataSize.parse("8192")).hasToString("8kB");
        assertThatThrownBy(() -> DataSize.parse("lots")).hasMessageContaining("lots");
    }
}
