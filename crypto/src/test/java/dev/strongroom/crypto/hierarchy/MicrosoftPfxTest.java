package dev.strongroom.crypto.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.crypto.SeededRandomness;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.pkcs.PKCS12PfxPduBuilder;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.PKCS12SafeBagBuilder;
import org.bouncycastle.pkcs.bc.BcPKCS12MacCalculatorBuilder;
import org.bouncycastle.pkcs.bc.BcPKCS12PBEOutputEncryptorBuilder;
import org.junit.jupiter.api.Test;

/** TDE-139: a PFX as Windows writes it: key attributes, the name of the CSP, 3DES, SHA-1, the certificate in a part of its own. */
class MicrosoftPfxTest {
    private static final ASN1ObjectIdentifier CSP_NAME = new ASN1ObjectIdentifier("1.3.6.1.4.1.311.17.1");
    private static final ASN1ObjectIdentifier LOCAL_MACHINE = new ASN1ObjectIdentifier("1.3.6.1.4.1.311.17.2");
    private static final ASN1ObjectIdentifier KEY_USAGE = new ASN1ObjectIdentifier("2.5.29.15");
    private static final String PASSWORD = "An0ther!one";

    private static BcPKCS12PBEOutputEncryptorBuilder tripleDes() {
        return new BcPKCS12PBEOutputEncryptorBuilder(
                PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC, CBCBlockCipher.newInstance(new DESedeEngine()));
    }

    private static byte[] microsoftPfx(KeyPair pair, PrivateKey key) throws Exception {
        DEROctetString id = new DEROctetString(new byte[] {1, 0, 0, 0});
        PKCS12SafeBag keyBag = new PKCS12SafeBagBuilder(
                        PrivateKeyInfo.getInstance(key.getEncoded()),
                        tripleDes().build(PASSWORD.toCharArray()))
                .addBagAttribute(PKCSObjectIdentifiers.pkcs_9_at_localKeyId, id)
                .addBagAttribute(KEY_USAGE, new DERBitString(new byte[] {0x10}))
                .addBagAttribute(PKCSObjectIdentifiers.pkcs_9_at_friendlyName, new DERBMPString("le-WebServer-1234"))
                .addBagAttribute(CSP_NAME, new DERBMPString("Microsoft Strong Cryptographic Provider"))
                .addBagAttribute(LOCAL_MACHINE, DERNull.INSTANCE)
                .build();
        PKCS12SafeBag certificateBag = new PKCS12SafeBagBuilder(
                        new X509CertificateHolder(pair.certificate().encoded()))
                .addBagAttribute(PKCSObjectIdentifiers.pkcs_9_at_localKeyId, id)
                .build();
        PKCS12PfxPduBuilder pfx = new PKCS12PfxPduBuilder();
        pfx.addData(keyBag);
        pfx.addEncryptedData(tripleDes().build(PASSWORD.toCharArray()), new PKCS12SafeBag[] {certificateBag});
        return pfx.build(
                        new BcPKCS12MacCalculatorBuilder(
                                new SHA1Digest(),
                                new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1, DERNull.INSTANCE)),
                        PASSWORD.toCharArray())
                .getEncoded();
    }

    @Test
    void aPfxInMicrosoftsLayoutIsRead() throws Exception {
        try (KeyPair pair = KeyPair.generate("SQL Server", 0, 1_000_000L, new SeededRandomness(3))) {
            byte[] pfx = microsoftPfx(pair, pair.rsaPrivateKey());
            assertThat(new String(pfx, StandardCharsets.ISO_8859_1)).doesNotContain("SQL Server");
            try (KeyPair read = PrivateKeyFile.readPkcs12(pfx, PASSWORD)) {
                assertThat(read.certificate().encoded())
                        .isEqualTo(pair.certificate().encoded());
                assertThat(read.privateKey().sameAs(pair.privateKey())).isTrue();
            }
            PrivateKeyFileTest.assertError(() -> PrivateKeyFile.readPkcs12(pfx, "Wr0ng-password"), 15465);
        }
    }
}
