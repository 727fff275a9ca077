package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.RecordValue;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.SetCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions in FROM: their rows side by side, shorter ones filled with nulls, and on request a row number. */
public final class FunctionScan implements PlanNode {
    /**
     * One function.
     *
     * @param arguments evaluated when the scan opens
     * @param columns types of the columns it returns
     * @param result actual result type
     */
    public record Source(
            FunctionSignature function,
            List<Expr> arguments,
            boolean variadicArray,
            List<PgType> columns,
            PgType result) {
        public Source {
            arguments = List.copyOf(arguments);
            columns = List.copyOf(columns);
        }

        /** Starts a call; a scalar function returns one row. */
        SetCode.Rows open(Frame frame) {
            if (!(function.code() instanceof SetCode code)) {
                return scalar(frame);
            }
            CallExprs.Arguments values =
                    new CallExprs.Arguments(function, arguments.toArray(Expr[]::new), variadicArray);
            @Nullable Object[] evaluated = values.eval(frame, function.strict());
            return evaluated == null ? row -> false : code.open(values.call(frame, result), evaluated);
        }

        private SetCode.Rows scalar(Frame frame) {
            Expr call = CallExprs.of(function, arguments, result, variadicArray);
            boolean[] done = {false};
            return row -> {
                if (done[0]) {
                    return false;
                }
                done[0] = true;
                if (function.outputs().size() > 1) {
                    RecordValue value = (RecordValue) call.evalRef(frame);
                    for (int i = 0; i < columns.size(); i++) {
                        TypeCodecs.of(columns.get(i)).unbox(value == null ? null : value.values()[i], row, i);
                    }
                } else {
                    call.evalInto(frame, row, 0);
                }
                return true;
            };
        }
    }

    private final List<Source> sources;
    private final boolean ordinality;
    private final int width;

    public FunctionScan(List<Source> sources, boolean ordinality) {
        this.sources = List.copyOf(sources);
        this.ordinality = ordinality;
        int columns = ordinality ? 1 : 0;
        for (Source source : sources) {
            columns += source.columns().size();
        }
        this.width = columns;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        Frame frame = new Frame(context);
        SetCode.@Nullable Rows[] rows = new SetCode.Rows[sources.size()];
        Row[] parts = new Row[sources.size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = sources.get(i).open(frame);
            parts[i] = new Row(sources.get(i).columns().size());
        }
        Row output = new Row(width);
        return new PlanCursor() {
            private long number;

            @Override
            public boolean next() {
                boolean found = false;
                int at = 0;
                context.cancel().check();
                for (int i = 0; i < rows.length; i++) {
                    SetCode.Rows source = rows[i];
                    if (source != null && source.next(parts[i])) {
                        found = true;
                    } else {
                        rows[i] = null;
                        parts[i].clear();
                    }
                    output.copySlots(at, parts[i], 0, parts[i].width());
                    at += parts[i].width();
                }
                if (ordinality) {
                    output.setLong(at, ++number);
                }
                return found;
            }

            @Override
            public Row row() {
                return output;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public List<PlanNode> inputs() {
        return List.of();
    }

    @Override
    public String explain() {
        return "Function Scan on " + sources.getFirst().function().name();
    }
}
