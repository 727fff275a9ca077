package dev.strongroom.testkit.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Our style rules that no compiler checks, held against the source tree itself. */
final class TidyTest {
    private static final int MAX_FILE_LINES = 800;
    private static final int MAX_LINE_COLUMNS = 140;
    private static final Path ROOT = findRoot();

    private static final Pattern OPEN_WISH = Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b");
    private static final Pattern VAGUE_NAME =
            Pattern.compile("[A-Za-z0-9]*(Impl|Manager|Helper|Helpers|Util|Utils)\\.java");
    private static final Pattern MACHINE_PATH = Pattern.compile("(/(home|Users)/[a-z]+/|/root/)");

    @Test
    void noFileIsTooLong() throws IOException {
        assertThat(offences(file -> lines(file).size() > MAX_FILE_LINES
                        ? file + " has " + lines(file).size() + " lines"
                        : ""))
                .isEmpty();
    }

    @Test
    void noLineIsTooLong() throws IOException {
        assertThat(offences(file -> firstLine(file, line -> line.length() > MAX_LINE_COLUMNS)))
                .isEmpty();
    }

    @Test
    void noOpenWishesInCode() throws IOException {
        assertThat(offences(file -> file.endsWith("TidyTest.java")
                        ? ""
                        : firstLine(file, line -> OPEN_WISH.matcher(line).find())))
                .isEmpty();
    }

    @Test
    void noMachinePathsInCode() throws IOException {
        assertThat(offences(file -> file.endsWith("TidyTest.java")
                        ? ""
                        : firstLine(file, line -> MACHINE_PATH.matcher(line).find())))
                .isEmpty();
    }

    @Test
    void noVagueClassNames() throws IOException {
        assertThat(offences(file ->
                        VAGUE_NAME.matcher(file.getFileName().toString()).matches() ? file.toString() : ""))
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsFor() throws IOException {
        Set<Path> silent = new TreeSet<>();
        for (Path file : sources()) {
            Path folder = file.getParent();
            if (file.toString().contains("/src/main/java/") && !Files.exists(folder.resolve("package-info.java"))) {
                silent.add(folder);
            }
        }
        assertThat(silent).isEmpty();
    }

    private static List<String> offences(java.util.function.Function<Path, String> rule) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources()) {
            String offence = rule.apply(file);
            if (!offence.isEmpty()) {
                found.add(offence);
            }
        }
        return found;
    }

    private static String firstLine(Path file, java.util.function.Predicate<String> bad) {
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (bad.test(lines.get(i))) {
                return ROOT.relativize(file) + ":" + (i + 1) + ": "
                        + lines.get(i).strip();
            }
        }
        return "";
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .sorted()
                    .toList();
        }
    }

    private static Path findRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("strongroom"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
