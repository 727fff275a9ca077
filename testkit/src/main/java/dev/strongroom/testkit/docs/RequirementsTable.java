package dev.strongroom.testkit.docs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes {@code docs/requirements.md}: every requirement, its kind, and which tests hold it, as the tests themselves say. A
 * test cites numbers ({@code TDE-12}, {@code AE-7}, {@code S-3}, also {@code TDE-1, 52} and {@code TDE-133 to TDE-139}) in
 * its {@code @DisplayName} or in the comment above it; one in the comment of the class counts for the class. A requirement of
 * the manual is held by the manual that cites it.
 */
public final class RequirementsTable {
    private static final Pattern DECLARATION =
            Pattern.compile("(?:(?:public|private|final|abstract|static)\\s+)*(void|class)\\s+(\\w+).*");
    /** Its text may be put together from several literals. */
    private static final Pattern DISPLAY = Pattern.compile("@DisplayName\\(\\s*((?:\"[^\"]*\"(?:\\s*\\+\\s*)?)+)");

    private static final Pattern SEAM = Pattern.compile("\"\\s*\\+\\s*\"");
    private static final Pattern CITATION =
            Pattern.compile("\\b(TDE|AE|B|S)-(\\d+)((?:(?:, | and | to )(?:(?:TDE|AE|B|S)-)?\\d+\\b)*)");
    private static final Pattern NEXT = Pattern.compile("(, | and | to )(?:(TDE|AE|B|S)-)?(\\d+)");

    private RequirementsTable() {}

    /** A requirement's number; the scheme comes first in the order. */
    record Number(String scheme, int value) implements Comparable<Number> {
        private static final List<String> SCHEMES = List.of("TDE", "AE", "B", "S");

        @Override
        public int compareTo(Number other) {
            return Comparator.comparingInt((Number number) -> SCHEMES.indexOf(number.scheme))
                    .thenComparingInt(Number::value)
                    .compare(this, other);
        }

        @Override
        public String toString() {
            return scheme + "-" + value;
        }
    }

    /** A test and what it says it shows. */
    record Evidence(String test, String what) {
        private static final Pattern LEADING =
                Pattern.compile("^(?:(?:(?:TDE|AE|B|S)-)?\\d+(?:, | and | to |[:.;]\\s*|$))+");

        /** Without the numbers in front; where nothing else is said, the name of the test as words. */
        String shown() {
            String rest = LEADING.matcher(what).replaceFirst("").strip();
            if (!rest.isEmpty()) {
                return rest;
            }
            String name = test.substring(test.indexOf('.') + 1);
            return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ")
                    .toLowerCase(Locale.ROOT);
        }
    }

    /** What a requirement asks for. */
    enum Kind {
        MUST("M", "must"),
        GUARD("G", "guard"),
        MANUAL("D", "manual"),
        NOT_HERE("X", "does not apply"),
        LATER("later", "later");

        private final String code;
        private final String shown;

        Kind(String code, String shown) {
            this.code = code;
            this.shown = shown;
        }

        static Kind ofCode(String code) {
            return Stream.of(values())
                    .filter(kind -> kind.code.equals(code))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("kind " + code));
        }

        boolean needsTest() {
            return this == MUST || this == GUARD;
        }
    }

    /** A requirement and what it is called. */
    record Requirement(Number number, Kind kind, String name) {}

    /** Writes the table; arguments: source root, file to write. */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        TreeMap<Number, List<Evidence>> table = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> tests = files.filter(file -> file.toString().contains("/src/test/java/"))
                    .filter(file -> file.toString().endsWith("Test.java"))
                    // Its sample text cites numbers.
                    .filter(file -> !file.endsWith("RequirementsTableTest.java"))
                    .sorted()
                    .toList();
            for (Path file : tests) {
                collect(Files.readString(file), table);
            }
        }
        Set<Number> manual = new TreeSet<>();
        try (Stream<Path> files = Files.walk(root.resolve("docs"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.endsWith("requirements.md"))
                    .toList()) {
                manual.addAll(cited(Files.readString(file)));
            }
        }
        Path target = Path.of(arguments[1]);
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.writeString(target, print(requirements(), table, manual));
    }

    /**
     * All requirements of transparent data encryption and of column encryption, from the resource file beside this class.
     */
    static List<Requirement> requirements() throws IOException {
        List<Requirement> all = new ArrayList<>();
        try (InputStream in =
                Objects.requireNonNull(RequirementsTable.class.getResourceAsStream("requirements.tsv"), "resource")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    String[] fields = line.split("\t", -1);
                    Number number = cited((fields[0].contains("-") ? "" : "TDE-") + fields[0])
                            .getFirst();
                    all.add(new Requirement(number, Kind.ofCode(fields[1]), fields[2]));
                }
            }
        }
        return all;
    }

    /** Adds what one source file cites. Comments and annotations stand on lines of their own, as the formatter puts them. */
    static void collect(String source, TreeMap<Number, List<Evidence>> into) {
        String className = "";
        StringBuilder comment = new StringBuilder();
        StringBuilder annotations = new StringBuilder();
        boolean inComment = false;
        for (String raw : source.split("\n", -1)) {
            String line = raw.strip();
            if (inComment || line.startsWith("/**")) {
                comment.append(line.replace("*/", "").replaceFirst("^/?\\*+ ?", ""))
                        .append(' ');
                inComment = !line.endsWith("*/");
                continue;
            }
            Matcher declaration = DECLARATION.matcher(line);
            if (declaration.matches()) {
                boolean isClass = group(declaration, 1).equals("class");
                className = isClass && className.isEmpty() ? group(declaration, 2) : className;
                boolean isTest = isClass || annotations.indexOf("Test") >= 0;
                String words = words(comment.toString(), annotations.toString());
                String name = isClass ? group(declaration, 2) : className + "." + group(declaration, 2);
                for (Number number : isTest ? cited(words) : List.<Number>of()) {
                    into.computeIfAbsent(number, ignored -> new ArrayList<>()).add(new Evidence(name, words));
                }
            } else if (line.startsWith("@") || annotations.length() > 0 && !line.endsWith(";")) {
                annotations.append(line).append(' ');
                continue;
            }
            comment.setLength(0);
            annotations.setLength(0);
        }
    }

    private static String words(String comment, String annotations) {
        Matcher display = DISPLAY.matcher(annotations);
        String text =
                display.find() ? SEAM.matcher(group(display, 1)).replaceAll("").replace("\"", "") : comment;
        return text.strip().replaceAll("\\s+", " ");
    }

    /** The numbers a text cites, lists and ranges spelt out. */
    static List<Number> cited(String text) {
        List<Number> numbers = new ArrayList<>();
        Matcher citation = CITATION.matcher(text);
        while (citation.find()) {
            String scheme = group(citation, 1);
            int last = Integer.parseInt(group(citation, 2));
            numbers.add(new Number(scheme, last));
            Matcher next = NEXT.matcher(group(citation, 3));
            while (next.find()) {
                String named = group(next, 2).isEmpty() ? scheme : group(next, 2);
                int value = Integer.parseInt(group(next, 3));
                boolean range = group(next, 1).equals(" to ") && named.equals(scheme);
                for (int each = range ? last + 1 : value; each <= value; each++) {
                    numbers.add(new Number(named, each));
                }
                scheme = named;
                last = value;
            }
        }
        return numbers;
    }

    /** What a group matched; empty where it took no part. */
    private static String group(Matcher matcher, int number) {
        String text = matcher.group(number);
        return text == null ? "" : text;
    }

    static String print(List<Requirement> requirements, TreeMap<Number, List<Evidence>> table, Set<Number> manual) {
        StringBuilder out = new StringBuilder("""
                # Requirements and their tests

                Generated from the tests by `testkit` (`RequirementsTable`); do not edit. A test that fails fails the build.
                """);
        section(out, "Transparent data encryption", of(requirements, Set.of("TDE")), table, manual);
        section(out, "Column encryption", of(requirements, Set.of("AE", "B")), table, manual);
        out.append("""

                ## The engine

                A number is here if a test cites it.

                | number | what the test shows | test |
                |---|---|---|
                """);
        table.forEach((number, evidence) -> {
            if (number.scheme().equals("S")) {
                out.append(lines(number, evidence));
            }
        });
        return out.toString();
    }

    private static List<Requirement> of(List<Requirement> requirements, Set<String> schemes) {
        return requirements.stream()
                .filter(each -> schemes.contains(each.number().scheme()))
                .toList();
    }

    private static void section(
            StringBuilder out,
            String title,
            List<Requirement> requirements,
            TreeMap<Number, List<Evidence>> table,
            Set<Number> manual) {
        out.append("\n## ").append(title);
        out.append("\n\n| number | kind | what | held by |\n|---|---|---|---|\n");
        List<Number> missing = new ArrayList<>();
        int tested = 0;
        for (Requirement requirement : requirements) {
            List<Evidence> evidence = table.getOrDefault(requirement.number(), List.of());
            boolean inManual = manual.contains(requirement.number());
            boolean held = !evidence.isEmpty() || requirement.kind() == Kind.MANUAL && inManual;
            boolean needed = requirement.kind().needsTest() || requirement.kind() == Kind.MANUAL;
            if (needed && !held) {
                missing.add(requirement.number());
            }
            tested += requirement.kind().needsTest() && held ? 1 : 0;
            String tests = evidence.stream()
                    .map(each -> "`" + each.test() + "`")
                    .distinct()
                    .collect(Collectors.joining("<br>"));
            out.append("| ").append(requirement.number()).append(" | ").append(requirement.kind().shown);
            out.append(" | ").append(requirement.name()).append(" | ");
            out.append(held || !needed ? tests : "**missing**");
            out.append(inManual && tests.isEmpty() && !(needed && !held) ? "manual" : "")
                    .append(" |\n");
        }
        long built =
                requirements.stream().filter(each -> each.kind().needsTest()).count();
        out.append("\n").append(tested).append(" of ").append(built).append(" requirements have a test.");
        out.append(missing.isEmpty() ? "" : " Missing: " + join(missing) + ".").append("\n");
    }

    private static String lines(Number number, List<Evidence> evidence) {
        return evidence.stream()
                .map(each -> "| " + number + " | " + each.shown().replace("|", "\\|") + " | `" + each.test() + "` |\n")
                .collect(Collectors.joining());
    }

    private static String join(List<Number> numbers) {
        return numbers.stream().map(Number::toString).collect(Collectors.joining(", "));
    }
}
