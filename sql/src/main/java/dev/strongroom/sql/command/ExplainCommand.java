package dev.strongroom.sql.command;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.MeasuredNode;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.parse.statement.Explain;
import dev.strongroom.sql.parse.statement.Modification;
import dev.strongroom.sql.parse.statement.Option;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TableStatement.CreateTableAs;
import dev.strongroom.sql.plan.PlanNote;
import dev.strongroom.sql.plan.PreparedPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** EXPLAIN [ANALYZE] as text or JSON, in PostgreSQL's shape. Costs are in our own units, relative to reading a page. */
final class ExplainCommand {
    private final boolean costs;
    private final boolean timing;

    private ExplainCommand(boolean costs, boolean timing) {
        this.costs = costs;
        this.timing = timing;
    }

    /** What was asked for. */
    private record Options(boolean analyze, boolean costs, boolean timing, boolean summary, boolean json) {
        static Options of(Explain explain) {
            Map<String, Boolean> on = new LinkedHashMap<>();
            boolean json = false;
            for (Option option : explain.options()) {
                switch (option.name()) {
                    case "format" -> json = format(option);
                    case "analyze", "costs", "timing", "summary", "verbose", "buffers", "settings", "wal" ->
                        on.put(option.name(), option.value() == null || isOn(option.value()));
                    default ->
                        throw ErrorReport.error(
                                        ErrorCode.SYNTAX_ERROR, "unrecognized EXPLAIN option \"" + option.name() + "\"")
                                .withPosition(option.position())
                                .exception();
                }
            }
            boolean analyze = on.getOrDefault("analyze", false);
            for (String needing : List.of("timing", "wal")) {
                if (!analyze && on.getOrDefault(needing, false)) {
                    throw ErrorReport.error(
                                    ErrorCode.INVALID_PARAMETER_VALUE,
                                    "EXPLAIN option " + needing.toUpperCase(Locale.ROOT) + " requires ANALYZE")
                            .exception();
                }
            }
            return new Options(
                    analyze,
                    on.getOrDefault("costs", true),
                    on.getOrDefault("timing", true),
                    on.getOrDefault("summary", analyze),
                    json);
        }

        private static boolean isOn(String value) {
            return !(value.equalsIgnoreCase("off") || value.equalsIgnoreCase("false") || value.equals("0"));
        }

        private static boolean format(Option option) {
            String format = String.valueOf(option.value()).toLowerCase(Locale.ROOT);
            return switch (format) {
                case "text" -> false;
                case "json" -> true;
                case "xml", "yaml" -> throw Commands.unsupported("EXPLAIN format " + format);
                default ->
                    throw ErrorReport.error(
                                    ErrorCode.INVALID_PARAMETER_VALUE,
                                    "unrecognized value for EXPLAIN option \"format\": \"" + format + "\"")
                            .withPosition(option.position())
                            .exception();
            };
        }
    }

    static CommandResult run(Explain explain, String text, CommandSession session) {
        Options options = Options.of(explain);
        Statement inner = explain.statement() instanceof CreateTableAs create ? create.source() : explain.statement();
        if (!(inner instanceof Query || inner instanceof Modification)) {
            throw Commands.unsupported("EXPLAIN of this statement");
        }
        long before = session.clockMicros();
        PreparedPlan plan = options.analyze()
                ? session.planToRun(() -> session.explain(inner, text, true))
                : session.explain(inner, text, false);
        long planning = session.clockMicros() - before;
        long running = 0;
        if (options.analyze()) {
            long start = session.clockMicros();
            execute(plan, session);
            running = session.clockMicros() - start;
        }
        ExplainCommand writer = new ExplainCommand(options.costs(), options.timing());
        ExplainNode root = ExplainNode.of(plan);
        List<String> lines = new ArrayList<>();
        Map<String, String> summary = new LinkedHashMap<>();
        if (options.summary()) {
            summary.put("Planning Time", millis(planning));
        }
        if (options.summary() && options.analyze()) {
            summary.put("Execution Time", millis(running));
        }
        if (options.json()) {
            lines.add(writer.json(root, summary));
        } else {
            writer.text(root, 0, lines);
            summary.forEach((name, value) -> lines.add(name + ": " + value + " ms"));
        }
        return new CommandResult("EXPLAIN", Commands.explainColumns(explain), rows(lines));
    }

    private static List<Row> rows(List<String> lines) {
        List<Row> result = new ArrayList<>();
        for (String line : lines) {
            Row row = new Row(1);
            row.setRef(0, line);
            result.add(row);
        }
        return result;
    }

    private static void execute(PreparedPlan plan, CommandSession session) {
        try (PlanCursor cursor = plan.root().open(session.execution(new Row(0)))) {
            boolean more = true;
            while (more) {
                more = cursor.next();
            }
        }
    }

    private static String millis(double micros) {
        return String.format(Locale.ROOT, "%.3f", micros / 1000);
    }

    // ---- text

    private void text(ExplainNode node, int depth, List<String> lines) {
        String indent = depth == 0 ? "" : " ".repeat(depth * 6 - 4) + "->  ";
        lines.add(indent + node.title() + figures(node));
        String inner = " ".repeat(depth * 6 + 2);
        node.details().forEach(detail -> lines.add(inner + detail));
        for (ExplainNode child : node.children()) {
            if (child.name() == null) {
                text(child, depth + 1, lines);
            } else {
                lines.add(inner + child.name());
                List<String> below = new ArrayList<>();
                text(child, 1, below);
                below.forEach(line -> lines.add(" ".repeat(depth * 6 + 2) + line));
            }
        }
    }

    private String figures(ExplainNode node) {
        StringBuilder out = new StringBuilder();
        PlanNote note = node.note();
        if (costs && note != null) {
            out.append(String.format(
                    Locale.ROOT,
                    "  (cost=%.2f..%.2f rows=%.0f width=%d)",
                    note.startup(),
                    note.total(),
                    note.rows(),
                    note.width()));
        }
        MeasuredNode measured = node.measured();
        if (measured != null) {
            out.append(' ');
            if (node.neverRan()) {
                out.append("(never executed)");
            } else {
                double loops = measured.loops();
                out.append("(actual ");
                if (timing) {
                    out.append("time=")
                            .append(millis(measured.firstMicros() / loops))
                            .append("..")
                            .append(millis(measured.micros() / loops))
                            .append(' ');
                }
                out.append(String.format(Locale.ROOT, "rows=%.0f loops=%.0f)", measured.rows() / loops, loops));
            }
        }
        return out.toString();
    }

    // ---- JSON

    private String json(ExplainNode root, Map<String, String> summary) {
        StringBuilder out = new StringBuilder("[\n  {\n    \"Plan\": ");
        json(root, null, 4, out);
        summary.forEach((name, value) ->
                out.append(",\n    ").append(quoted(name)).append(": ").append(value));
        return out.append("\n  }\n]").toString();
    }

    private void json(ExplainNode node, @Nullable String relationship, int indent, StringBuilder out) {
        Map<String, String> fields = fields(node, relationship);
        String pad = " ".repeat(indent + 2);
        out.append('{');
        String separator = "\n";
        for (Map.Entry<String, String> field : fields.entrySet()) {
            out.append(separator)
                    .append(pad)
                    .append(quoted(field.getKey()))
                    .append(": ")
                    .append(field.getValue());
            separator = ",\n";
        }
        if (!node.children().isEmpty()) {
            out.append(",\n").append(pad).append("\"Plans\": [");
            String next = "\n";
            int inputs = 0;
            for (ExplainNode child : node.children()) {
                out.append(next).append(pad).append("  ");
                String name = child.name();
                json(child, name == null ? inputs++ == 0 ? "Outer" : "Inner" : "SubPlan", indent + 4, out);
                next = ",\n";
            }
            out.append('\n').append(pad).append(']');
        }
        out.append('\n').append(" ".repeat(indent)).append('}');
    }

    private Map<String, String> fields(ExplainNode node, @Nullable String relationship) {
        Map<String, String> fields = new LinkedHashMap<>();
        List<String> words = Arrays.asList(node.title().split(" (using|on) "));
        fields.put("Node Type", quoted(words.getFirst().replace(" Backward", "")));
        if (relationship != null) {
            fields.put("Parent Relationship", quoted(relationship));
        }
        if (node.name() != null) {
            fields.put("Subplan Name", quoted(node.name()));
        }
        fields.put("Parallel Aware", "false");
        fields.put("Async Capable", "false");
        if (node.title().startsWith("Index Scan")) {
            fields.put("Scan Direction", quoted(node.title().contains(" Backward") ? "Backward" : "Forward"));
            fields.put("Index Name", quoted(words.get(1)));
        }
        PlanNote note = node.note();
        if (note != null && note.relation() != null && words.size() > 1) {
            fields.put("Relation Name", quoted(note.relation().relation().name()));
            fields.put("Alias", quoted(note.relation().alias()));
        }
        if (costs && note != null) {
            fields.put("Startup Cost", String.format(Locale.ROOT, "%.2f", note.startup()));
            fields.put("Total Cost", String.format(Locale.ROOT, "%.2f", note.total()));
            fields.put("Plan Rows", String.format(Locale.ROOT, "%.0f", note.rows()));
            fields.put("Plan Width", String.valueOf(note.width()));
        }
        MeasuredNode measured = node.measured();
        if (measured != null) {
            double loops = Math.max(1, measured.loops());
            if (timing) {
                fields.put("Actual Startup Time", millis(measured.firstMicros() / loops));
                fields.put("Actual Total Time", millis(measured.micros() / loops));
            }
            fields.put("Actual Rows", String.format(Locale.ROOT, "%.0f", measured.rows() / loops));
            fields.put("Actual Loops", String.valueOf(measured.loops()));
        }
        for (String detail : node.details()) {
            int colon = detail.indexOf(": ");
            fields.put(detail.substring(0, colon), quoted(detail.substring(colon + 2)));
        }
        return fields;
    }

    private static String quoted(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
