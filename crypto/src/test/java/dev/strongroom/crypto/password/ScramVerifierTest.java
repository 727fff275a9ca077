package dev.strongroom.crypto.password;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.crypto.SeededRandomness;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class ScramVerifierTest {
    /** The exchange of RFC 7677 section 3: user "user", password "pencil". */
    @Test
    void rfc7677ExchangeFits() {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
        ScramVerifier verifier = ScramVerifier.of("pencil", salt, 4096);
        byte[] authMessage = ("n=user,r=rOprNGfwEbeRWgbNEkqO,"
                        + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
                        + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] proof = Base64.getDecoder().decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assertThat(verifier.accepts(proof, authMessage)).isTrue();
        assertThat(Base64.getEncoder().encodeToString(verifier.serverSignature(authMessage)))
                .isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        proof[3] ^= 1;
        assertThat(verifier.accepts(proof, authMessage)).isFalse();
    }

    /** The form PostgreSQL keeps in pg_authid.rolpassword. */
    @Test
    void storageFormIsPostgresql() {
        ScramVerifier verifier = ScramVerifier.of("pencil", new SeededRandomness(1));
        assertThat(verifier.text())
                .matches("SCRAM-SHA-256\\$4096:[A-Za-z0-9+/]{22}==\\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=");
        ScramVerifier read = ScramVerifier.parse(verifier.text()).orElseThrow();
        assertThat(read.text()).isEqualTo(verifier.text());
        assertThat(read.matches("pencil")).isTrue();
        assertThat(read.matches("pencils")).isFalse();
        assertThat(read.toString()).doesNotContain(verifier.text().substring(20));
    }

    @Test
    void otherTextsAreNotVerifiers() {
        assertThat(ScramVerifier.isVerifier("pencil")).isFalse();
        assertThat(ScramVerifier.isVerifier("SCRAM-SHA-256$4096:abc")).isFalse();
        assertThat(ScramVerifier.isVerifier("SCRAM-SHA-256$x:AAAA$AAAA:AAAA")).isFalse();
        assertThat(ScramVerifier.isVerifier("md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))
                .isFalse();
    }

    @Test
    void passwordsAreNormalisedAsPostgresqlDoes() {
        assertThat(SaslPrep.prepare("I\u00ADX")).isEqualTo("IX");
        assertThat(SaslPrep.prepare("\u00AA")).isEqualTo("a");
        assertThat(SaslPrep.prepare("\u2168")).isEqualTo("IX");
        assertThat(SaslPrep.prepare("a\u00A0b")).isEqualTo("a b");
        assertThat(SaslPrep.prepare("\u0007")).as("forbidden: used raw").isEqualTo("\u0007");
        assertThat(SaslPrep.prepare("\u0627\u0031")).as("wrong end: used raw").isEqualTo("\u0627\u0031");
    }

    @Test
    void unknownUserHasAStableSaltAndNoPassword() {
        byte[] secret = new byte[32];
        ScramVerifier first = ScramVerifier.mock("nobody", secret, new SeededRandomness(1));
        ScramVerifier second = ScramVerifier.mock("nobody", secret, new SeededRandomness(2));
        assertThat(first.salt()).isEqualTo(second.salt());
        assertThat(first.matches("")).isFalse();
    }
}
