package dev.strongroom.testkit.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes {@code docs/requirements.md}: which requirement is held by which test, as the tests themselves say. A test cites
 * numbers ({@code TDE-12}, {@code S-3}, also {@code TDE-1, 52} and {@code TDE-133 to TDE-139}) in its {@code @DisplayName} or in
 * the comment above it; one in the comment of the class counts for the class.
 */
public final class RequirementsTable {
    private static final Pattern DECLARATION =
            Pattern.compile("(?:(?:public|private|final|abstract|static)\\s+)*(void|class)\\s+(\\w+).*");
    private static final Pattern DISPLAY = Pattern.compile("@DisplayName\\(\\s*\"([^\"]*)\"");
    private static final Pattern CITATION =
            Pattern.compile("\\b(TDE|AE|B|S)-(\\d+)((?:(?:, | and | to )(?:(?:TDE|AE|B|S)-)?\\d+\\b)*)");
    private static final Pattern NEXT = Pattern.compile("(, | and | to )(?:(TDE|AE|B|S)-)?(\\d+)");

    private RequirementsTable() {}

    /** A requirement's number; the scheme comes first in the order. */
    record Number(String scheme, int value) implements Comparable<Number> {
        @Override
        public int compareTo(Number other) {
            return Comparator.comparing(Number::scheme)
                    .reversed()
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
            return name.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
        }
    }

    /** Writes the table; arguments: source root, file to write. */
    public static void main(String[] arguments) throws IOException {
        TreeMap<Number, List<Evidence>> table = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of(arguments[0]))) {
            List<Path> tests = files.filter(file -> file.toString().contains("/src/test/java/"))
                    .filter(file -> file.toString().endsWith("Test.java"))
                    .sorted()
                    .toList();
            for (Path file : tests) {
                collect(Files.readString(file), table);
            }
        }
        Path target = Path.of(arguments[1]);
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.write(target, print(table).getBytes(StandardCharsets.UTF_8));
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
                comment.append(line.replaceFirst("^/?\\*+ ?", "").replace("*/", ""))
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
        return (display.find() ? group(display, 1) : comment).strip().replaceAll("\\s+", " ");
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

    static String print(TreeMap<Number, List<Evidence>> table) {
        StringBuilder out = new StringBuilder("""
                # Requirements and their tests

                Generated from the tests by `testkit` (`RequirementsTable`); do not edit. A number is here if a test cites it;
                a test that fails fails the build.

                | number | what the test shows | test |
                |---|---|---|
                """);
        table.forEach((number, evidence) -> {
            for (Evidence each : evidence) {
                out.append("| ").append(number).append(" | ");
                out.append(each.shown().replace("|", "\\|"))
                        .append(" | `")
                        .append(each.test())
                        .append("` |\n");
            }
        });
        return out.append("\n").append(table.size()).append(" numbers.\n").toString();
    }
}
