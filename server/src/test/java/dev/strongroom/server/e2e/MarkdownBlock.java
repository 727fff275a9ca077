package dev.strongroom.server.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A fenced block of a page of the manual.
 *
 * @param language what stands behind the opening fence; empty for commands in the README
 */
record MarkdownBlock(String language, String text) {
    private static final String FENCE = "```";

    /** The blocks from this heading to the next one of its rank, or to the end. */
    static List<MarkdownBlock> below(Path page, String heading) throws IOException {
        List<MarkdownBlock> blocks = new ArrayList<>();
        StringBuilder open = null;
        String language = "";
        boolean inside = false;
        for (String line : Files.readAllLines(page)) {
            if (open != null && line.equals(FENCE)) {
                blocks.add(new MarkdownBlock(language, open.toString()));
                open = null;
            } else if (open != null) {
                open.append(line).append('\n');
            } else if (line.startsWith("#")) {
                inside = line.equals(heading) || inside && rank(line) > rank(heading);
            } else if (inside && line.startsWith(FENCE)) {
                open = new StringBuilder();
                language = line.substring(FENCE.length());
            }
        }
        return blocks;
    }

    private static int rank(String heading) {
        return heading.indexOf(' ');
    }
}
