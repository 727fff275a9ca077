package dev.strongroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.key.KeyProviders;
import java.sql.DriverManager;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** What of a URL goes to pgjdbc and what stays here (AE-20, AE-89, AE-126, AE-127, decision A-2). */
final class DriverPropertiesTest {
    @Test
    void ourPropertiesStayHereAndTheirsGoOn() throws Exception {
        Properties info = new Properties();
        info.setProperty("user", "ann");
        info.setProperty("KEYSTORESECRET", "s3cret");
        DriverProperties properties = DriverProperties.of(
                "jdbc:strongroom://h1:1,h2:2/db?columnEncryptionSetting=Enabled&sslmode=require&keyStoreLocation=%2Fk.p12"
                        + "&options=-c%20work_mem=1MB&requireEncrypted=t.c",
                info);
        assertThat(properties.setting()).isEqualTo(ColumnEncryptionSetting.ENABLED);
        assertThat(properties.urlBelow()).isEqualTo("jdbc:postgresql://h1:1,h2:2/db?sslmode=require");
        assertThat(properties.passed())
                .containsEntry("options", "-c work_mem=1MB -c strongroom.column_encryption=on")
                .containsEntry("binaryTransferEnable", "15801,15802")
                .containsEntry("user", "ann")
                .doesNotContainValue("s3cret");
        var settings = properties.settings(KeyProviders.ofProcess());
        assertThat(settings.address()).isEqualTo("jdbc:postgresql://h1:1,h2:2/db");
        assertThat(settings.timeToLive()).hasSeconds(7200);
        assertThat(settings.providers().find("mssql_java_keystore")).isNotNull();
        assertThat(settings.providers().find("PEM_FILE")).isNull();
    }

    @Test
    void withoutTheSettingPgjdbcIsLeftAlone() throws Exception {
        DriverProperties properties = DriverProperties.of("jdbc:strongroom://h/db?sslmode=disable", null);
        assertThat(properties.setting()).isEqualTo(ColumnEncryptionSetting.DISABLED);
        assertThat(properties.passed()).isEmpty();
    }

    @Test
    void whatCannotWorkIsRefused() {
        for (String url : new String[] {
            "jdbc:strongroom://h/db?columnEncryption=maybe",
            "jdbc:strongroom://h/db?columnEncryption=enabled&preferQueryMode=simple"
        }) {
            assertThatThrownBy(() -> DriverProperties.of(url, null)).isInstanceOf(java.sql.SQLException.class);
        }
        assertThatThrownBy(() -> DriverProperties.of("jdbc:strongroom://h/db?columnKeyCacheTtl=-1", null)
                        .settings(KeyProviders.ofProcess()))
                .hasMessageContaining("columnKeyCacheTtl takes seconds");
    }

    @Test
    void theDriverIsFoundByItsUrl() throws Exception {
        assertThat(DriverManager.getDriver("jdbc:strongroom://h/db")).isInstanceOf(StrongroomDriver.class);
        assertThat(new StrongroomDriver().connect("jdbc:postgresql://h/db", new Properties()))
                .isNull();
        assertThat(new StrongroomDriver().getPropertyInfo("jdbc:strongroom://h/db", null))
                .extracting(property -> property.name)
                .contains("columnEncryption", "sslmode");
    }
}
