package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.function.ValueOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Three-valued logic and the expressions that choose: AND, OR, NOT, IS, CASE, COALESCE, NULLIF, GREATEST, LEAST. */
public final class LogicExprs {
    private LogicExprs() {}

    public static Expr and(List<Expr> operands) {
        return new And(operands.toArray(Expr[]::new)).shaped(new Shape.And(List.copyOf(operands)));
    }

    public static Expr or(List<Expr> operands) {
        return new Or(operands.toArray(Expr[]::new)).shaped(new Shape.Or(List.copyOf(operands)));
    }

    public static Expr not(Expr operand) {
        return new Not(operand).shaped(new Shape.Not(operand));
    }

    /** A CASE whose conditions look at a value that is evaluated once, before them. */
    static Expr withValue(Expr value, Expr choice) {
        return new WithValue(value, choice);
    }

    /** The value of the CASE around it. */
    static Expr caseValue(PgType type) {
        return new CaseValue(type);
    }

    private static final class WithValue extends Expr {
        private final Expr value;
        private final Expr choice;

        WithValue(Expr value, Expr choice) {
            super(choice.type());
            this.value = value;
            this.choice = choice;
        }

        /** Sets the value; gives the one of a CASE further out. */
        private @Nullable Object enter(Frame frame) {
            Object own = value.evalBoxed(frame);
            Object outer = frame.caseValue;
            frame.caseValue = own;
            return outer;
        }

        @Override
        public long evalLong(Frame frame) {
            Object outer = enter(frame);
            try {
                return choice.evalLong(frame);
            } finally {
                frame.caseValue = outer;
            }
        }

        @Override
        public double evalDouble(Frame frame) {
            Object outer = enter(frame);
            try {
                return choice.evalDouble(frame);
            } finally {
                frame.caseValue = outer;
            }
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            Object outer = enter(frame);
            try {
                return choice.evalRef(frame);
            } finally {
                frame.caseValue = outer;
            }
        }
    }

    private static final class CaseValue extends Expr {
        CaseValue(PgType type) {
            super(type);
        }

        @Override
        public long evalLong(Frame frame) {
            frame.nil = frame.caseValue == null;
            return frame.caseValue instanceof Long number ? number : 0;
        }

        @Override
        public double evalDouble(Frame frame) {
            frame.nil = frame.caseValue == null;
            return frame.caseValue instanceof Double number ? number : 0;
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            frame.nil = frame.caseValue == null;
            return frame.caseValue;
        }
    }

    /** IS NULL, or IS NOT NULL where {@code wanted} is false. */
    public static Expr isNull(Expr operand, boolean wanted) {
        return new IsNull(operand, wanted).shaped(new Shape.IsNull(operand, wanted));
    }

    /**
     * IS [NOT] TRUE or FALSE.
     *
     * @param value the boolean asked about
     * @param wanted false for NOT
     */
    public static Expr isBoolean(Expr operand, boolean value, boolean wanted) {
        return new IsBoolean(operand, value, wanted).shaped(new Shape.IsBoolean(operand, value, wanted));
    }

    /** Searched CASE: condition, value, condition, value … else. */
    public static Expr choose(PgType type, List<Expr> operands) {
        return new Case(type, operands.toArray(Expr[]::new)).shaped(new Shape.Case(List.copyOf(operands)));
    }

    public static Expr coalesce(PgType type, List<Expr> operands) {
        return new Coalesce(type, operands.toArray(Expr[]::new)).shaped(new Shape.Coalesce(List.copyOf(operands)));
    }

    /** GREATEST where {@code sign} is 1, LEAST where it is -1. */
    public static Expr extreme(PgType type, List<Expr> operands, int sign) {
        return new Extreme(type, operands.toArray(Expr[]::new), sign).shaped(new Shape.Other(List.copyOf(operands)));
    }

    /**
     * IS [NOT] DISTINCT FROM.
     *
     * @param distinct false for NOT
     */
    public static Expr distinct(Expr left, Expr right, boolean distinct) {
        return new Distinct(left, right, distinct).shaped(new Shape.Other(List.of(left, right)));
    }

    /** First operand, or null where the comparison of both is true. */
    public static Expr nullIf(Expr first, Expr comparison) {
        return new NullIf(first, comparison).shaped(new Shape.Other(List.of(first, comparison)));
    }

    /** Comparison by the type's own order: for what Calcite makes out of nothing. */
    static Expr compare(Expr left, Expr right, Comparison comparison) {
        return new Compare(left, right, comparison).shaped(new Shape.Other(List.of(left, right)));
    }

    /** What a {@link Compare} asks. */
    enum Comparison {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL;

        boolean holds(int order) {
            return switch (this) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case LESS -> order < 0;
                case LESS_OR_EQUAL -> order <= 0;
                case GREATER -> order > 0;
                case GREATER_OR_EQUAL -> order >= 0;
            };
        }
    }

    private static final class And extends Expr {
        private final Expr[] operands;

        And(Expr[] operands) {
            super(PgType.BOOL);
            this.operands = operands;
        }

        @Override
        public long evalLong(Frame frame) {
            boolean sawNull = false;
            for (Expr operand : operands) {
                long value = operand.evalLong(frame);
                if (frame.nil) {
                    sawNull = true;
                } else if (value == 0) {
                    return 0;
                }
            }
            frame.nil = sawNull;
            return 1;
        }

        /** As a condition it is settled by the first operand that is not true, as in PostgreSQL. */
        @Override
        public boolean isTrue(Frame frame) {
            for (Expr operand : operands) {
                if (!operand.isTrue(frame)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final class Or extends Expr {
        private final Expr[] operands;

        Or(Expr[] operands) {
            super(PgType.BOOL);
            this.operands = operands;
        }

        @Override
        public long evalLong(Frame frame) {
            boolean sawNull = false;
            for (Expr operand : operands) {
                long value = operand.evalLong(frame);
                if (frame.nil) {
                    sawNull = true;
                } else if (value != 0) {
                    return 1;
                }
            }
            frame.nil = sawNull;
            return 0;
        }
    }

    private static final class Not extends Expr {
        private final Expr operand;

        Not(Expr operand) {
            super(PgType.BOOL);
            this.operand = operand;
        }

        @Override
        public long evalLong(Frame frame) {
            return operand.evalLong(frame) ^ 1;
        }
    }

    private static final class IsNull extends Expr {
        private final Expr operand;
        private final boolean wanted;

        IsNull(Expr operand, boolean wanted) {
            super(PgType.BOOL);
            this.operand = operand;
            this.wanted = wanted;
        }

        @Override
        public long evalLong(Frame frame) {
            switch (operand.type().storage()) {
                case LONG -> operand.evalLong(frame);
                case DOUBLE -> operand.evalDouble(frame);
                case REF -> {
                    Object value = operand.evalRef(frame);
                    if (value instanceof dev.strongroom.common.value.RecordValue row) {
                        frame.nil = false;
                        return rowIsNull(row.values()) ? 1 : 0;
                    }
                }
            }
            boolean answer = frame.nil == wanted;
            frame.nil = false;
            return answer ? 1 : 0;
        }

        /** A row is null where all fields are, not null where none is. */
        private boolean rowIsNull(@Nullable Object[] fields) {
            for (Object field : fields) {
                if ((field == null) != wanted) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final class IsBoolean extends Expr {
        private final Expr operand;
        private final long value;
        private final boolean wanted;

        IsBoolean(Expr operand, boolean value, boolean wanted) {
            super(PgType.BOOL);
            this.operand = operand;
            this.value = value ? 1 : 0;
            this.wanted = wanted;
        }

        @Override
        public long evalLong(Frame frame) {
            boolean same = operand.evalLong(frame) == value && !frame.nil;
            frame.nil = false;
            return same == wanted ? 1 : 0;
        }
    }

    /** Evaluates one of its operands, whatever the storage. */
    private abstract static class Choice extends Expr {
        Choice(PgType type) {
            super(type);
        }

        abstract @Nullable Expr chosen(Frame frame);

        @Override
        public long evalLong(Frame frame) {
            Expr chosen = chosen(frame);
            if (chosen == null) {
                frame.nil = true;
                return 0;
            }
            return chosen.evalLong(frame);
        }

        @Override
        public double evalDouble(Frame frame) {
            Expr chosen = chosen(frame);
            if (chosen == null) {
                frame.nil = true;
                return 0;
            }
            return chosen.evalDouble(frame);
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            Expr chosen = chosen(frame);
            if (chosen == null) {
                frame.nil = true;
                return null;
            }
            return chosen.evalRef(frame);
        }
    }

    private static final class Case extends Choice {
        private final Expr[] operands;

        Case(PgType type, Expr[] operands) {
            super(type);
            this.operands = operands;
        }

        @Override
        @Nullable
        Expr chosen(Frame frame) {
            int last = operands.length - 1;
            for (int i = 0; i < last; i += 2) {
                if (operands[i].isTrue(frame)) {
                    return operands[i + 1];
                }
            }
            return operands.length % 2 == 1 ? operands[last] : null;
        }
    }

    private static final class Coalesce extends Expr {
        private final Expr[] operands;

        Coalesce(PgType type, Expr[] operands) {
            super(type);
            this.operands = operands;
        }

        @Override
        public long evalLong(Frame frame) {
            long value = 0;
            for (Expr operand : operands) {
                value = operand.evalLong(frame);
                if (!frame.nil) {
                    return value;
                }
            }
            return value;
        }

        @Override
        public double evalDouble(Frame frame) {
            double value = 0;
            for (Expr operand : operands) {
                value = operand.evalDouble(frame);
                if (!frame.nil) {
                    return value;
                }
            }
            return value;
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            for (Expr operand : operands) {
                Object value = operand.evalRef(frame);
                if (value != null) {
                    return value;
                }
            }
            frame.nil = true;
            return null;
        }
    }

    private static final class NullIf extends Choice {
        private final Expr first;
        private final Expr comparison;

        NullIf(Expr first, Expr comparison) {
            super(first.type());
            this.first = first;
            this.comparison = comparison;
        }

        @Override
        @Nullable
        Expr chosen(Frame frame) {
            return comparison.isTrue(frame) ? null : first;
        }
    }

    private static final class Extreme extends Expr {
        private final Expr[] operands;
        private final int sign;
        private final ValueOrder order;

        Extreme(PgType type, Expr[] operands, int sign) {
            super(type);
            this.operands = operands;
            this.sign = sign;
            this.order = ValueOrder.of(type);
        }

        @Override
        public long evalLong(Frame frame) {
            Object value = evalAny(frame);
            return value == null ? 0 : (Long) value;
        }

        @Override
        public double evalDouble(Frame frame) {
            Object value = evalAny(frame);
            return value == null ? 0 : (Double) value;
        }

        @Override
        public @Nullable Object evalRef(Frame frame) {
            return evalAny(frame);
        }

        private @Nullable Object evalAny(Frame frame) {
            Object best = null;
            for (Expr operand : operands) {
                Object value = operand.evalBoxed(frame);
                if (value != null && (best == null || order.compareBoxed(value, best) * sign > 0)) {
                    best = value;
                }
            }
            frame.nil = best == null;
            return best;
        }
    }

    private static final class Distinct extends Expr {
        private final Expr left;
        private final Expr right;
        private final boolean distinct;
        private final ValueOrder order;

        Distinct(Expr left, Expr right, boolean distinct) {
            super(PgType.BOOL);
            this.left = left;
            this.right = right;
            this.distinct = distinct;
            this.order = ValueOrder.of(left.type());
        }

        @Override
        public long evalLong(Frame frame) {
            Object a = left.evalBoxed(frame);
            Object b = right.evalBoxed(frame);
            boolean same = a == null || b == null ? a == b : order.compareBoxed(a, b) == 0;
            frame.nil = false;
            return same != distinct ? 1 : 0;
        }
    }

    private static final class Compare extends Expr {
        private final Expr left;
        private final Expr right;
        private final Comparison comparison;
        private final ValueOrder order;

        Compare(Expr left, Expr right, Comparison comparison) {
            super(PgType.BOOL);
            this.left = left;
            this.right = right;
            this.comparison = comparison;
            this.order = ValueOrder.of(left.type());
        }

        @Override
        public long evalLong(Frame frame) {
            return switch (left.type().storage()) {
                case LONG -> {
                    long a = left.evalLong(frame);
                    if (frame.nil) {
                        yield 0;
                    }
                    long b = right.evalLong(frame);
                    yield comparison.holds(Long.compare(a, b)) ? 1 : 0;
                }
                case DOUBLE -> {
                    double a = left.evalDouble(frame);
                    if (frame.nil) {
                        yield 0;
                    }
                    double b = right.evalDouble(frame);
                    yield comparison.holds(ValueOrder.compareDoubles(a, b)) ? 1 : 0;
                }
                case REF -> {
                    Object a = left.evalRef(frame);
                    if (a == null) {
                        yield 0;
                    }
                    Object b = right.evalRef(frame);
                    yield b != null && comparison.holds(order.compareBoxed(a, b)) ? 1 : 0;
                }
            };
        }
    }
}
