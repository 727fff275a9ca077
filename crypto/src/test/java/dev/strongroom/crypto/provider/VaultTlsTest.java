package dev.strongroom.crypto.provider;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.provider.TokenFailure.Reason;
import dev.strongroom.testkit.token.TestAuthority;
import dev.strongroom.testkit.token.TestAuthority.Identity;
import dev.strongroom.testkit.token.TransitStub;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Vault over real TLS, with a certificate of an authority of its own. */
class VaultTlsTest {
    private final TestAuthority authority = new TestAuthority("authority");

    private static VaultDevice vault(TransitStub stub, byte @Nullable [] trustAnchors) {
        return new VaultDevice(new VaultDevice.Place(URI.create(stub.address()), "transit", ""), trustAnchors);
    }

    private TransitStub stub(Identity identity) {
        return new TransitStub("hvs.token", authority.context(identity));
    }

    private void refused(Identity identity, byte @Nullable [] trustAnchors, String why) {
        try (TransitStub stub = stub(identity);
                KeyBuffer secret = KeyDevicesTest.secret("hvs.token")) {
            VaultDevice device = vault(stub, trustAnchors);
            assertThatThrownBy(() -> device.find("tde", secret))
                    .isInstanceOf(TokenFailure.class)
                    .hasFieldOrPropertyWithValue("reason", Reason.SESSION)
                    .hasMessage("the certificate of Vault at " + stub.address() + " " + why);
        }
    }

    @Test
    @DisplayName("TDE-143: a key's whole life over HTTPS, where the trust anchors vouch for Vault")
    void theRightAnchorWorks() {
        try (TransitStub stub = stub(authority.identity("127.0.0.1"))) {
            KeyDevicesTest.lifeOf(vault(stub, authority.pem()), "hvs.token");
        }
    }

    @Test
    @DisplayName("TDE-143: Vault is told nothing if its certificate is another's, has expired or is for another host")
    void otherCertificatesAreRefused() {
        Identity good = authority.identity("127.0.0.1");
        refused(good, new TestAuthority("other").pem(), "is vouched for by none of the trust anchors");
        // An authority of the same name, with another key.
        refused(good, new TestAuthority("authority").pem(), "is vouched for by none of the trust anchors");
        refused(good, null, "is vouched for by none of the trust anchors");
        refused(authority.expired("127.0.0.1"), authority.pem(), "has expired");
        refused(authority.identity("vault.example.org"), authority.pem(), "is for another host");
        refused(authority.identity("127.0.0.2"), authority.pem(), "is for another host");
    }

    @Test
    @DisplayName("TDE-143: trust anchors that are none do not stand for trusting everybody")
    void anchorsMustBeCertificates() {
        try (TransitStub stub = stub(authority.identity("127.0.0.1"))) {
            KeyDevicesTest.fails(Reason.LIBRARY, () -> vault(stub, new byte[0]));
            byte[] nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
                    .getBytes(StandardCharsets.US_ASCII);
            KeyDevicesTest.fails(Reason.LIBRARY, () -> vault(stub, nonsense));
        }
    }
}
