package dev.strongroom.sql.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.testkit.random.SeededTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines and fields are the same however the client cuts the data into pieces. */
class CopyReaderTest extends SeededTest {
    private static final String TEXT =
            "1\tone\tx\n2\t\\N\t\n\n3\ta\\tb\\\\\t\\x41\\102\\q\nfour\r\n5\tZürich €\t\\\nrest\t6\n7";

    private static CopyOptions options(CopyOptions.Format format, String nullText) {
        char delimiter = format == CopyOptions.Format.CSV ? ',' : '\t';
        return new CopyOptions(format, delimiter, nullText, false, false, '"', '"', List.of(), List.of(), List.of());
    }

    private static List<List<String>> read(CopyOptions options, List<byte[]> pieces) {
        Queue<byte[]> left = new ArrayDeque<>(pieces);
        CopyReader reader = new CopyReader(() -> left.isEmpty() ? new byte[0] : left.remove(), options);
        List<List<String>> lines = new ArrayList<>();
        while (reader.nextLine()) {
            lines.add(reader.fields(new boolean[0], new boolean[0]).stream()
                    .map(field -> Objects.requireNonNullElse(field, "NULL"))
                    .toList());
            assertThat(reader.lineNumber()).isEqualTo(lines.size());
        }
        return lines;
    }

    private List<byte[]> cut(byte[] data) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < data.length; ) {
            int end = Math.min(data.length, at + 1 + random().below(12));
            pieces.add(Arrays.copyOfRange(data, at, end));
            at = end;
        }
        return pieces;
    }

    @Test
    void textIsTakenApart() {
        assertThat(read(options(CopyOptions.Format.TEXT, "\\N"), List.of(TEXT.getBytes(StandardCharsets.UTF_8))))
                .containsExactly(
                        List.of("1", "one", "x"),
                        List.of("2", "NULL", ""),
                        List.of(""),
                        List.of("3", "a\tb\\", "ABq"),
                        List.of("four"),
                        List.of("5", "Zürich €", "\nrest", "6"),
                        List.of("7"));
    }

    @Test
    void whatFollowsTheEndMarkIsLeftOut() {
        byte[] data = "1\n\\.\n2\n".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20; i++) {
            assertThat(read(options(CopyOptions.Format.TEXT, "\\N"), cut(data))).containsExactly(List.of("1"));
        }
    }

    @ParameterizedTest
    @CsvSource({"TEXT, \\N", "TEXT, ''", "TEXT, x", "CSV, ''", "CSV, x"})
    void cutsMakeNoDifference(CopyOptions.Format format, String nullText) {
        CopyOptions options = options(format, nullText);
        String text = format == CopyOptions.Format.CSV ? TEXT.replace('\t', ',') + "\n\"a,\"\"b\nc\",x,\"\"\n" : TEXT;
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        List<List<String>> whole = read(options, List.of(data));
        for (int i = 0; i < 100; i++) {
            assertThat(read(options, cut(data))).isEqualTo(whole);
        }
    }
}
