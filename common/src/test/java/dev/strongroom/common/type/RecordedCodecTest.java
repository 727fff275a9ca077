package dev.strongroom.common.type;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.datetime.IntervalDecoder;
import dev.strongroom.common.datetime.PgTimeZone;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.value.Interval;
import dev.strongroom.common.value.Row;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Text and binary forms, and error messages, of some 2000 inputs, as PostgreSQL 15 answered them. */
final class RecordedCodecTest {
    private static final TypeContext DEFAULT = TypeContext.DEFAULT;
    private static final Map<String, TypeContext> SETTINGS = Map.ofEntries(
            Map.entry("default", DEFAULT),
            Map.entry("german", DEFAULT.withDateStyle(DateStyle.GERMAN, DateOrder.DMY)),
            Map.entry("sqldmy", DEFAULT.withDateStyle(DateStyle.SQL, DateOrder.DMY)),
            Map.entry("sqlmdy", zone("America/New_York").withDateStyle(DateStyle.SQL, DateOrder.MDY)),
            Map.entry("pg", zone("Europe/Berlin").withDateStyle(DateStyle.POSTGRES, DateOrder.MDY)),
            Map.entry("pgdmy", zone("America/Los_Angeles").withDateStyle(DateStyle.POSTGRES, DateOrder.DMY)),
            Map.entry("ymd", zone("Asia/Kolkata").withDateStyle(DateStyle.ISO, DateOrder.YMD)),
            Map.entry("verbose", DEFAULT.withIntervalStyle(IntervalStyle.POSTGRES_VERBOSE)),
            Map.entry("iso8601", DEFAULT.withIntervalStyle(IntervalStyle.ISO_8601)),
            Map.entry("sqlstd", DEFAULT.withIntervalStyle(IntervalStyle.SQL_STANDARD)),
            Map.entry("efd0", DEFAULT.withExtraFloatDigits(0)),
            Map.entry("escape", DEFAULT.withByteaHex(false)),
            Map.entry("posix", zone("GMT-03:00")));

    private static TypeContext zone(String name) {
        return DEFAULT.withTimeZone(PgTimeZone.of(name).orElseThrow());
    }

    @Test
    void everyRecordedInputGivesWhatPostgresqlGave() throws Exception {
        List<String> differences = new ArrayList<>();
        int cases = 0;
        for (String[] line : recorded()) {
            cases++;
            String expected = "OK".equals(line[3])
                    ? line[4] + " | " + line[5]
                    : line[4] + " " + line[5] + " | " + column(line, 6) + " | " + column(line, 7);
            String actual = answer(line[0], line[1], line[2]);
            if (!actual.equals(expected)) {
                differences.add(line[0] + " " + line[1] + " '" + line[2] + "'\n   expected " + expected
                        + "\n   actual   " + actual);
            }
        }
        assertThat(cases).isGreaterThan(1000);
        assertThat(differences).as("%d of %d differ", differences.size(), cases).isEmpty();
    }

    @Test
    void aBareNumberMeansTheFinestFieldOfTheRestriction() {
        assertThat(IntervalDecoder.parse(
                        "3", Typmods.interval(Typmods.DAY, Typmods.FULL_PRECISION), IntervalStyle.POSTGRES))
                .isEqualTo(new Interval(0, 3, 0));
        int yearToMonth = Typmods.interval(Typmods.YEAR | Typmods.MONTH, Typmods.FULL_PRECISION);
        assertThat(IntervalDecoder.parse("5", yearToMonth, IntervalStyle.POSTGRES))
                .isEqualTo(new Interval(5, 0, 0));
        int minuteToSecond = Typmods.interval(Typmods.MINUTE | Typmods.SECOND, Typmods.FULL_PRECISION);
        assertThat(IntervalDecoder.parse("1:02", minuteToSecond, IntervalStyle.POSTGRES))
                .isEqualTo(new Interval(0, 0, 62_000_000));
    }

    private static String column(String[] line, int index) {
        return index < line.length ? line[index] : "";
    }

    private static String answer(String setting, String typeText, String input) {
        TypeContext context = Objects.requireNonNull(SETTINGS.get(setting));
        try {
            TypedName typed = TypedName.of(typeText);
            TypeCodec codec = TypeCodecs.of(typed.type());
            Row row = new Row(1);
            if (typed.type() == PgType.INTERVAL) {
                row.setRef(0, IntervalDecoder.parse(input, -1, context.intervalStyle()));
            } else {
                byte[] utf8 = input.getBytes(StandardCharsets.UTF_8);
                codec.parseUtf8(utf8, 0, utf8.length, row, 0, context);
            }
            Typmods.apply(typed.type(), typed.typmod(), row, 0, true);
            HeapSink binary = new HeapSink();
            codec.writeBinary(row, 0, context, binary);
            Row again = new Row(1);
            BinaryInput in = new BinaryInput(binary.array(), 0, binary.position());
            codec.readBinary(in, again, 0, context);
            String text = codec.format(row, 0, context);
            assertThat(in.remaining()).isZero();
            assertThat(codec.format(again, 0, context)).isEqualTo(text);
            String shown = castToText(typed.type(), text);
            return shown + " | " + HexFormat.of().formatHex(binary.toByteArray());
        } catch (DatabaseException failure) {
            return failure.code().sqlState() + " " + failure.report().message() + " | "
                    + Objects.requireNonNullElse(failure.report().detail(), "") + " | "
                    + Objects.requireNonNullElse(failure.report().hint(), "");
        }
    }

    /** What the recording shows: the cast to text drops the padding of char(n) and spells booleans out. */
    private static String castToText(PgType type, String text) {
        if (type == PgType.BOOL) {
            return text.equals("t") ? "true" : "false";
        }
        return type == PgType.BPCHAR ? text.stripTrailing() : text;
    }

    private record TypedName(PgType type, int typmod) {
        static TypedName of(String text) {
            if (text.startsWith("interval")) {
                return new TypedName(PgType.INTERVAL, intervalTypmod(text));
            }
            int open = text.indexOf('(');
            String name = open < 0 ? text.replace("\"", "") : text.substring(0, open);
            String arguments = open < 0 ? "" : text.substring(open + 1, text.indexOf(')'));
            if (name.equals("char") && open >= 0) {
                name = "bpchar";
            }
            PgType type = PgType.byName(name).orElseThrow();
            if (arguments.isEmpty()) {
                return new TypedName(type, -1);
            }
            String[] numbers = arguments.split(",");
            int first = Integer.parseInt(numbers[0]);
            int typmod = switch (name) {
                case "varchar", "bpchar" -> Typmods.characters(type, first);
                case "numeric" -> Typmods.numeric(first, Integer.parseInt(numbers[1]));
                default -> Typmods.time(first);
            };
            return new TypedName(type, typmod);
        }

        private static int intervalTypmod(String text) {
            String rest = text.substring("interval".length()).trim();
            int precision = Typmods.FULL_PRECISION;
            int open = rest.indexOf('(');
            if (open >= 0) {
                precision = Integer.parseInt(rest.substring(open + 1, rest.indexOf(')')));
                rest = rest.substring(0, open).trim();
            }
            if (rest.isEmpty()) {
                return precision == Typmods.FULL_PRECISION ? -1 : Typmods.interval(Typmods.FULL_RANGE, precision);
            }
            List<String> units = List.of("year", "month", "day", "hour", "minute", "second");
            int[] bits = {Typmods.YEAR, Typmods.MONTH, Typmods.DAY, Typmods.HOUR, Typmods.MINUTE, Typmods.SECOND};
            String[] ends = rest.split(" to ");
            int range = 0;
            for (int i = units.indexOf(ends[0]); i <= units.indexOf(ends[ends.length - 1]); i++) {
                range |= bits[i];
            }
            return Typmods.interval(range, precision);
        }
    }

    private static List<String[]> recorded() throws Exception {
        try (InputStream in = RecordedCodecTest.class.getResourceAsStream("recorded.tsv")) {
            String all = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            List<String[]> lines = new ArrayList<>();
            for (String line : all.split("\n")) {
                if (!line.startsWith("#")) {
                    String[] columns = line.split("\t", -1);
                    for (int i = 0; i < columns.length; i++) {
                        columns[i] = unescape(columns[i]);
                    }
                    lines.add(columns);
                }
            }
            return lines;
        }
    }

    private static String unescape(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                char next = text.charAt(++i);
                out.append(next == 't' ? '\t' : next == 'n' ? '\n' : next);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
