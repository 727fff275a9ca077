package dev.strongroom.client.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.client.Vectors;
import dev.strongroom.client.Vectors.Vector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What depends on the process and must not, and what the process keeps and must not. */
final class ChildProcessTest {
    @TempDir
    Path folder;

    private String run(List<String> options, String... arguments) throws Exception {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx48m"));
        line.addAll(options);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), ChildProcess.class.getName()));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    /** B-5, AE-83: the same cells and key paths whatever the process's charset and language. */
    @ParameterizedTest
    @CsvSource({"ISO-8859-1, tr, TR", "US-ASCII, ar, EG", "UTF-8, de, DE"})
    void cellsDoNotDependOnCharsetOrLocale(String charset, String language, String country) throws Exception {
        List<String> options =
                List.of("-Dfile.encoding=" + charset, "-Duser.language=" + language, "-Duser.country=" + country);
        assertThat(run(options, "cells")).isEqualTo(ChildProcess.cells().toString());
    }

    /** B-12, AE-78, AE-126: once its time is over, neither the key nor any derived one is left in the client's heap. */
    @Test
    void noKeyIsLeftAfterItsTime() throws Exception {
        Vector value = Vectors.of("encrypted_ceks")
                .filter(one -> one.text("id").equals("AEV-064"))
                .findFirst()
                .orElseThrow();
        String output = run(
                List.of(),
                "dump",
                Vectors.keyStore().toString(),
                Vectors.password(),
                value.text("encrypted_value_hex"),
                folder.toString());
        assertThat(output).isEqualTo("done 00");
        Vector keys = Vectors.of("keys")
                .filter(one -> one.text("cek_hex").equals(value.text("cek_hex"))
                        || one.text("name").equals(value.text("cek")))
                .findFirst()
                .orElseThrow();
        String open = Files.readString(folder.resolve("open.hprof"), StandardCharsets.ISO_8859_1);
        for (String derived : List.of("enc_key_hex", "mac_key_hex", "iv_key_hex")) {
            assertThat(open.contains(text(keys.bytes(derived))))
                    .as("control: " + derived)
                    .isTrue();
        }
        String closed = Files.readString(folder.resolve("closed.hprof"), StandardCharsets.ISO_8859_1);
        for (String key : List.of("cek_hex", "enc_key_hex", "mac_key_hex", "iv_key_hex")) {
            assertThat(closed.contains(text(keys.bytes(key)))).as(key).isFalse();
            assertThat(closed.toLowerCase(Locale.ROOT).contains(HexFormat.of().formatHex(keys.bytes(key))))
                    .as(key)
                    .isFalse();
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
