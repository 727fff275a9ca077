package dev.strongroom.client.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.Vectors;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.key.ColumnKeyProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key stores the driver brings along (AE-29, AE-54, AE-85, AE-89, decision A-6). */
final class ProvidersTest {
    private static final String ALGORITHM = "RSA_OAEP";

    @TempDir
    Path folder;

    /** What every provider must do: open what it made, refuse what was changed, sign and verify. */
    private static void check(ColumnKeyProvider provider, String path) throws Exception {
        byte[] columnKey = new byte[32];
        new SecureRandom().nextBytes(columnKey);
        byte[] value = provider.encryptColumnEncryptionKey(path, ALGORITHM, columnKey);
        assertThat(provider.decryptColumnEncryptionKey(path, ALGORITHM, value)).isEqualTo(columnKey);
        for (int position : new int[] {0, 1, 3, 5, value.length / 2, value.length - 1}) {
            byte[] changed = value.clone();
            changed[position] ^= 1;
            assertThatThrownBy(() -> provider.decryptColumnEncryptionKey(path, ALGORITHM, changed))
                    .as("byte %d", position)
                    .isInstanceOf(ColumnEncryptionException.class);
        }
        byte[] signature = provider.signColumnMasterKeyMetadata(path, true);
        assertThat(provider.verifyColumnMasterKeyMetadata(path, true, signature))
                .isTrue();
        assertThat(provider.verifyColumnMasterKeyMetadata(path, false, signature))
                .isFalse();
        signature[7] ^= 1;
        assertThat(provider.verifyColumnMasterKeyMetadata(path, true, signature))
                .isFalse();
    }

    @Test
    void aKeyStoreFileHoldsKeysByAlias() throws Exception {
        check(Vectors.provider(), "strongroom-cmk-1");
        check(Vectors.provider(), "Strongroom-CMK-2");
        Path secret = Files.writeString(folder.resolve("secret"), Vectors.password() + "\n");
        Path jks = folder.resolve("old.jks");
        keytool(
                "-importkeystore",
                "-srckeystore",
                Vectors.keyStore().toString(),
                "-srcstorepass",
                Vectors.password(),
                "-destkeystore",
                jks.toString(),
                "-deststoretype",
                "JKS",
                "-deststorepass",
                Vectors.password(),
                "-srckeypass",
                Vectors.password(),
                "-destkeypass",
                Vectors.password(),
                "-srcalias",
                "strongroom-cmk-1");
        check(new JavaKeyStoreProvider(jks, Secret.inFile(secret), Secret.inFile(secret)), "strongroom-cmk-1");
    }

    @Test
    void aWrongPasswordAMissingKeyAndAMissingFileAreToldApart() {
        Secret right = Secret.of(Vectors.password());
        Secret wrong = Secret.of("wrong");
        refused(new JavaKeyStoreProvider(Vectors.keyStore(), wrong, wrong), "strongroom-cmk-1", "wrong password");
        refused(new JavaKeyStoreProvider(Vectors.keyStore(), right, right), "nobody", "no private key \"nobody\"");
        refused(new JavaKeyStoreProvider(folder.resolve("none.p12"), right, right), "x", "cannot read key store");
    }

    private static void refused(ColumnKeyProvider provider, String path, String message) {
        assertThatThrownBy(() -> provider.encryptColumnEncryptionKey(path, ALGORITHM, new byte[32]))
                .isInstanceOf(ColumnEncryptionException.class)
                .hasMessageContaining(message);
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static void writePem(Path file, KeyPair pair) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private static KeyPair rsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    @Test
    void pemKeysLieBelowOneDirectory() throws Exception {
        Path keys = folder.resolve("keys");
        writePem(keys.resolve("hr/cmk.pem"), rsa());
        writePem(folder.resolve("outside.pem"), rsa());
        Files.createSymbolicLink(keys.resolve("link.pem"), folder.resolve("outside.pem"));
        PemDirectoryProvider provider = new PemDirectoryProvider(keys, false, null);
        check(provider, "hr/cmk.pem");
        check(provider, keys.resolve("hr/cmk.pem").toString());
        refused(provider, "../outside.pem", "outside what provider");
        refused(provider, folder.resolve("outside.pem").toString(), "outside what provider");
        refused(provider, "link.pem", "leads out of");
        check(
                new PemDirectoryProvider(keys, true, null),
                folder.resolve("outside.pem").toString());
    }

    /** AE-82, AE-85: a short key opens with a warning; a key store that moved is told at debug level, and opens. */
    @Test
    void shortKeysAndMovedStoresAreTold() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        writePem(folder.resolve("short.pem"), generator.generateKeyPair());
        writePem(folder.resolve("Here.pem"), rsa());
        Files.copy(folder.resolve("Here.pem"), folder.resolve("there.pem"));
        PemDirectoryProvider provider = new PemDirectoryProvider(folder, false, null);
        byte[] key = Vectors.columnKey("cek1");
        byte[] shortValue = provider.encryptColumnEncryptionKey("short.pem", ALGORITHM, key);
        byte[] value = provider.encryptColumnEncryptionKey("Here.pem", ALGORITHM, key);
        List<String> told = new ArrayList<>();
        Logger logger = Logger.getLogger("dev.strongroom.client.keys");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                told.add(entry.getLevel() + " " + MessageFormat.format(entry.getMessage(), entry.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        logger.setLevel(Level.FINE);
        try {
            assertThat(provider.decryptColumnEncryptionKey("Here.pem", ALGORITHM, value))
                    .isEqualTo(key);
            assertThat(told).isEmpty();
            assertThat(provider.decryptColumnEncryptionKey("there.pem", ALGORITHM, value))
                    .isEqualTo(key);
            assertThat(provider.decryptColumnEncryptionKey("short.pem", ALGORITHM, shortValue))
                    .isEqualTo(key);
        } finally {
            logger.removeHandler(handler);
            logger.setLevel(null);
        }
        assertThat(told)
                .containsExactly(
                        "FINE column master key \"there.pem\" opened a key that was encrypted for \"here.pem\"",
                        "WARNING column master key \"short.pem\" of provider PEM_FILE has less than 2048 bits; replace it"
                                + " (keys cmk rotate)");
    }

    @Test
    void anEncryptedPemKeyAsksForItsSecret() throws Exception {
        writePem(folder.resolve("plain.pem"), rsa());
        Process openssl = new ProcessBuilder(
                        "openssl",
                        "pkcs8",
                        "-topk8",
                        "-v2",
                        "aes-256-cbc",
                        "-in",
                        folder.resolve("plain.pem").toString(),
                        "-out",
                        folder.resolve("cmk.pem").toString(),
                        "-passout",
                        "pass:opens")
                .redirectErrorStream(true)
                .start();
        String output = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(openssl.waitFor()).as(output).isZero();
        check(new PemDirectoryProvider(folder, false, Secret.of("opens")), "cmk.pem");
        refused(new PemDirectoryProvider(folder, false, Secret.of("shuts")), "cmk.pem", "wrong password");
        refused(new PemDirectoryProvider(folder, false, null), "cmk.pem", "no pemSecret");
    }

    @Test
    void aTokenKeepsItsKey() throws Exception {
        SoftToken token = SoftToken.create(folder, "1234");
        token.addKey("cmk", 2048);
        Pkcs11Provider provider = new Pkcs11Provider(SoftToken.LIBRARY, 0, Secret.of("1234"));
        check(provider, "cmk");
        refused(provider, "other", "no RSA key with certificate");
    }

    @Test
    void aCommandReachesAnyStore() throws Exception {
        Path script = folder.resolve("keys.sh");
        // A store that changes nothing: the protocol is what is tested.
        Files.writeString(script, """
                #!/bin/sh
                case "$1 $2 $3" in
                "encrypt hr/cmk RSA_OAEP"|"decrypt hr/cmk RSA_OAEP") cat ;;
                "sign hr/cmk true") printf 'c2lnbmVk' ;;
                "verify hr/cmk true") [ "$(cat)" = c2lnbmVk ] && printf true || printf false ;;
                *) exit 3 ;;
                esac
                """);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        CommandProvider provider = new CommandProvider(List.of(script.toString()), "hr/", CommandProvider.TIMEOUT);
        byte[] key = Vectors.columnKey("cek1");
        assertThat(provider.decryptColumnEncryptionKey(
                        "hr/cmk", ALGORITHM, provider.encryptColumnEncryptionKey("hr/cmk", ALGORITHM, key)))
                .isEqualTo(key);
        assertThat(provider.verifyColumnMasterKeyMetadata(
                        "hr/cmk", true, provider.signColumnMasterKeyMetadata("hr/cmk", true)))
                .isTrue();
        refused(provider, "hr/other", "exit code 3");
        refused(provider, "pay/cmk", "not for the configured key command");
        for (String path : List.of("hr/../pay/cmk", "hr/..", "hr/a\nb", "hr/$(id)", "hr/a;b", "hr\\..\\pay", "hr/\0")) {
            assertThat(provider.trusts(path)).as(path).isFalse();
        }
        CommandProvider open = new CommandProvider(List.of(script.toString()), "", CommandProvider.TIMEOUT);
        for (String path : List.of("-rf", "--help", "/etc/passwd", "~root", "@file", "../cmk", "a/../../b", "")) {
            assertThat(open.trusts(path)).as(path).isFalse();
        }
        assertThat(open.trusts("pay/cmk 2")).isTrue();
        assertThatThrownBy(() -> provider.decryptColumnEncryptionKey("hr/cmk", "--version", key))
                .hasMessageContaining("unknown column key algorithm");
    }

    /** A command that does not end is killed, and one whose child holds its output open is not waited for (AE-29). */
    @Test
    void aCommandThatHangsIsKilled() throws Exception {
        for (String way : List.of("exec sleep 600", "while :; do :; done")) {
            refused(hasty(way), "cmk", "was killed");
        }
        // Whether its end or its silence is seen first is the machine's affair.
        assertThatThrownBy(() -> hasty("sleep 3 & exit 0").encryptColumnEncryptionKey("cmk", ALGORITHM, new byte[32]))
                .isInstanceOf(ColumnEncryptionException.class)
                .hasMessageMatching(".*(was killed|answered nothing).*");
        refused(new CommandProvider(List.of("/bin/sh", "-c", "exit 0"), "", CommandProvider.TIMEOUT), "cmk", "nothing");
        refused(
                new CommandProvider(List.of("/bin/sh", "-c", "yes"), "", CommandProvider.TIMEOUT),
                "cmk",
                "at most 65536 bytes");
    }

    private static CommandProvider hasty(String script) {
        return new CommandProvider(List.of("/bin/sh", "-c", script), "", Duration.ofMillis(400));
    }

    @Test
    void vaultKeepsItsKeyAndItsVersions() throws Exception {
        try (VaultStub vault = VaultStub.start("s.token")) {
            vault.createKey("payroll", 2048);
            VaultTransitProvider provider =
                    new VaultTransitProvider(vault.address(), "transit", Secret.of("s.token"), "pay");
            check(provider, "payroll");
            byte[] key = Vectors.columnKey("cek2");
            byte[] old = provider.encryptColumnEncryptionKey("payroll", ALGORITHM, key);
            vault.rotate("payroll");
            assertThat(provider.decryptColumnEncryptionKey("payroll", ALGORITHM, old))
                    .isEqualTo(key);
            byte[] fresh = provider.encryptColumnEncryptionKey("payroll", ALGORITHM, key);
            assertThat(provider.decryptColumnEncryptionKey("payroll", ALGORITHM, fresh))
                    .isEqualTo(key);
            check(provider, "payroll#1");
            refused(provider, "payments", "answered 404");
            refused(provider, "secret/../../sys/seal", "no Vault key this client trusts");
            refused(
                    new VaultTransitProvider(vault.address(), "transit", Secret.of("wrong"), ""),
                    "payroll",
                    "answered 403");
        }
        assertThatThrownBy(
                        () -> new VaultTransitProvider(URI.create("http://127.0.0.1:1"), "transit", Secret.of("x"), "")
                                .encryptColumnEncryptionKey("payroll", ALGORITHM, new byte[32]))
                .isInstanceOfSatisfying(
                        ColumnEncryptionException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STORE));
    }
}
