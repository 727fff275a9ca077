package dev.strongroom.sql.command;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.parse.statement.Explain;
import dev.strongroom.sql.parse.statement.Modification;
import dev.strongroom.sql.parse.statement.Option;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TableStatement.CreateTableAs;
import dev.strongroom.sql.plan.PreparedPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** EXPLAIN [ANALYZE] as text or JSON. */
final class ExplainCommand {
    private ExplainCommand() {}

    static CommandResult run(Explain explain, String text, CommandSession session) {
        boolean analyze = false;
        boolean json = false;
        for (Option option : explain.options()) {
            boolean on = option.value() == null || on(option.value());
            switch (option.name()) {
                case "analyze" -> analyze = on;
                case "format" -> json = format(option);
                case "verbose", "costs", "buffers", "timing", "summary", "settings", "wal", "generic_plan" -> {}
                default ->
                    throw ErrorReport.error(
                                    ErrorCode.SYNTAX_ERROR, "unrecognized EXPLAIN option \"" + option.name() + "\"")
                            .withPosition(option.position())
                            .exception();
            }
        }
        Statement inner = explain.statement() instanceof CreateTableAs create ? create.source() : explain.statement();
        if (!(inner instanceof Query || inner instanceof Modification)) {
            throw Commands.unsupported("EXPLAIN of this statement");
        }
        PreparedPlan plan = session.plan(inner, text);
        List<String> lines = new ArrayList<>();
        long rows = -1;
        long micros = 0;
        if (analyze) {
            session.prepareToRun(plan);
            long start = session.clockMicros();
            rows = execute(plan, session);
            micros = session.clockMicros() - start;
        }
        if (json) {
            lines.add(json(plan.root(), rows, micros));
        } else {
            text(plan.root(), 0, lines);
            if (analyze) {
                lines.set(0, lines.get(0) + " (actual rows=" + rows + " loops=1)");
                lines.add(String.format(Locale.ROOT, "Execution Time: %.3f ms", micros / 1000.0));
            }
        }
        List<Row> result = new ArrayList<>();
        for (String line : lines) {
            Row row = new Row(1);
            row.setRef(0, line);
            result.add(row);
        }
        return new CommandResult("EXPLAIN", Commands.explainColumns(explain), result);
    }

    private static boolean on(String value) {
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

    private static long execute(PreparedPlan plan, CommandSession session) {
        long rows = 0;
        try (PlanCursor cursor = plan.root().open(session.execution(new Row(0)))) {
            while (cursor.next()) {
                rows++;
            }
        }
        return rows;
    }

    private static void text(PlanNode node, int depth, List<String> lines) {
        String indent = depth == 0 ? "" : " ".repeat(depth * 6 - 4) + "->  ";
        lines.add(indent + node.explain());
        for (String detail : node.explainDetails()) {
            lines.add(" ".repeat(depth * 6 + 2) + detail);
        }
        for (PlanNode input : node.inputs()) {
            text(input, depth + 1, lines);
        }
    }

    private static String json(PlanNode root, long rows, long micros) {
        StringBuilder text = new StringBuilder("[\n  {\n    \"Plan\": ");
        json(root, 4, text, rows);
        if (rows >= 0) {
            text.append(String.format(Locale.ROOT, ",\n    \"Execution Time\": %.3f", micros / 1000.0));
        }
        return text.append("\n  }\n]").toString();
    }

    private static void json(PlanNode node, int indent, StringBuilder text, long rows) {
        String pad = " ".repeat(indent + 2);
        text.append("{\n").append(pad).append("\"Node Type\": ").append(quoted(node.explain()));
        if (rows >= 0) {
            text.append(",\n").append(pad).append("\"Actual Rows\": ").append(rows);
        }
        for (String detail : node.explainDetails()) {
            int colon = detail.indexOf(": ");
            String key = colon < 0 ? "Detail" : detail.substring(0, colon);
            String value = colon < 0 ? detail : detail.substring(colon + 2);
            text.append(",\n").append(pad).append(quoted(key)).append(": ").append(quoted(value));
        }
        if (!node.inputs().isEmpty()) {
            text.append(",\n").append(pad).append("\"Plans\": [");
            String separator = "";
            for (PlanNode input : node.inputs()) {
                text.append(separator).append('\n').append(pad).append("  ");
                json(input, indent + 4, text, -1);
                separator = ",";
            }
            text.append('\n').append(pad).append(']');
        }
        text.append('\n').append(" ".repeat(indent)).append('}');
    }

    private static String quoted(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
