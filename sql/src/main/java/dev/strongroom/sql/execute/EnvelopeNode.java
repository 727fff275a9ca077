package dev.strongroom.sql.execute;

import dev.strongroom.common.cell.CellEnvelope;
import dev.strongroom.common.value.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the cells of a result into their envelopes, on the way to a client that asked for them (AE-106). */
public final class EnvelopeNode implements UnaryNode {
    private final PlanNode input;
    private final @Nullable CellEnvelope[] envelopes;

    /**
     * Wraps a plan.
     *
     * @param envelopes by column, null where it is not encrypted
     */
    public EnvelopeNode(PlanNode input, List<@Nullable CellEnvelope> envelopes) {
        this.input = input;
        this.envelopes = envelopes.toArray(CellEnvelope[]::new);
    }

    @Override
    public int width() {
        return input.width();
    }

    @Override
    public PlanCursor open(ExecutionContext context) {
        PlanCursor rows = input.open(context);
        Row output = new Row(envelopes.length);
        return new PlanCursor() {
            @Override
            public boolean next() {
                if (!rows.next()) {
                    return false;
                }
                Row row = rows.row();
                for (int i = 0; i < envelopes.length; i++) {
                    CellEnvelope envelope = envelopes[i];
                    if (envelope == null || row.isNull(i)) {
                        output.copySlot(i, row, i);
                    } else {
                        output.setRef(i, envelope.wrap(row.getRef(i)));
                    }
                }
                return true;
            }

            @Override
            public Row row() {
                return output;
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }

    @Override
    public boolean atMostOneRow() {
        return input.atMostOneRow();
    }

    @Override
    public PlanNode shown() {
        return input.shown();
    }

    @Override
    public PlanNode input() {
        return input;
    }

    @Override
    public String explain() {
        return input.explain();
    }
}
