package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Shape;
import java.util.List;
import java.util.Set;

/** Join keys as vectors. Only expressions that cannot fail serve: columns, and integers made wider. */
public final class KeyVectors {
    private static final Set<String> WIDENING = Set.of("i2toi4", "int4", "int8", "int48", "int28", "float8", "ftod");

    private final List<VectorExpr> keys;
    private final Vector[] values;

    /** Keys over batches of some width. */
    public KeyVectors(ExecutionContext context, int width, List<Expr> keys) {
        VectorCompiler compiler = new VectorCompiler(context, width, width);
        this.keys = keys.stream().map(compiler::compile).toList();
        this.values = new Vector[keys.size()];
    }

    /** Whether an expression may be a key. */
    public static boolean supports(Expr expression) {
        return switch (expression.shape()) {
            case Shape.Slot slot -> true;
            case Shape.Same same -> supports(same.operand());
            case Shape.Call call ->
                WIDENING.contains(call.function().name())
                        && call.arguments().size() == 1
                        && call.arguments().getFirst().type().length() > 0
                        && call.arguments().getFirst().type().length()
                                <= call.function().result().length()
                        && call.arguments().getFirst().type().category() == 'N'
                        && call.arguments().getFirst().type().storage()
                                == call.function().result().storage()
                        && supports(call.arguments().getFirst());
            default -> false;
        };
    }

    /** The keys of the rows that count. */
    public Vector[] evaluate(Batch batch) {
        for (int i = 0; i < values.length; i++) {
            values[i] = keys.get(i).evaluate(batch, batch.rows(), batch.count());
        }
        return values;
    }
}
