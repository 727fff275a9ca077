package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Persistence;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.ObjectStatement.CreateSequence;
import dev.strongroom.sql.parse.statement.SequenceOption;
import dev.strongroom.storage.table.SequenceLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CREATE and ALTER SEQUENCE, and the sequences of serial and identity columns. */
final class SequenceCommands {
    private SequenceCommands() {}

    /** What the options say, with the type's limits filled in. */
    record Plan(
            PgType type,
            SequenceLayout layout,
            long cache,
            @Nullable Long restart,
            SequenceOption.@Nullable OwnedBy ownedBy) {}

    static String create(CreateSequence create, CommandSession session) {
        ObjectName name = create.name();
        Schema schema = Names.target(name, create.temporary(), session);
        if (create.ifNotExists()
                && session.snapshot().relation(schema.oid(), name.name()).isPresent()) {
            session.notice(ErrorReport.notice("relation \"" + name.name() + "\" already exists, skipping"));
            return "CREATE SEQUENCE";
        }
        Plan plan = plan(create.options(), PgType.INT8, null);
        SequenceDefinition sequence = make(
                schema,
                name.name(),
                schema.name().startsWith("pg_temp_") ? Persistence.TEMPORARY : Persistence.PERMANENT,
                plan,
                session);
        session.ddl().create(sequence);
        if (plan.ownedBy != null) {
            session.ddl().replace(owned(sequence, plan.ownedBy, session));
        }
        return "CREATE SEQUENCE";
    }

    /** A new sequence, its counter made, not yet in the catalog. */
    static SequenceDefinition make(
            Schema schema, String name, Persistence persistence, Plan plan, CommandSession session) {
        long id = session.database().sequences().create(session.transaction(), plan.layout);
        return new SequenceDefinition(
                session.ddl().allocateOid(),
                schema.oid(),
                name,
                session.currentUserOid(),
                persistence,
                id,
                plan.type,
                plan.layout,
                plan.cache,
                0,
                0,
                false,
                null);
    }

    /** Changes options, restarts, or gives to another column. */
    static SequenceDefinition alter(SequenceDefinition sequence, List<SequenceOption> options, CommandSession session) {
        Plan plan = plan(options, sequence.dataType(), sequence);
        session.database().sequences().alter(session.transaction(), sequence.sequenceId(), plan.layout);
        if (plan.restart != null) {
            session.database().sequences().set(sequence.sequenceId(), plan.restart, false);
        }
        SequenceDefinition changed = sequence.withLayout(plan.type, plan.layout, plan.cache);
        return plan.ownedBy == null ? changed : owned(changed, plan.ownedBy, session);
    }

    private static SequenceDefinition owned(
            SequenceDefinition sequence, SequenceOption.OwnedBy ownedBy, CommandSession session) {
        List<String> parts = ownedBy.column();
        if (parts.isEmpty()) {
            return sequence.withOwnedBy(0, 0, false);
        }
        if (parts.size() < 2) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "invalid OWNED BY option")
                    .withHint("Specify OWNED BY table.column or OWNED BY NONE.")
                    .exception();
        }
        ObjectName tableName = new ObjectName(parts.subList(0, parts.size() - 1), ownedBy.position());
        TableDefinition table = Names.table(tableName, session);
        if (table.schemaOid() != sequence.schemaOid()) {
            throw ErrorReport.error(
                            ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE,
                            "sequence must be in same schema as table it is linked to")
                    .exception();
        }
        Column column = Names.column(table, parts.get(parts.size() - 1));
        return sequence.withOwnedBy(table.oid(), column.number(), false);
    }

    /** Reads options over a type's defaults, or over what a sequence has. */
    static Plan plan(List<SequenceOption> options, PgType defaultType, @Nullable SequenceDefinition before) {
        PgType type = defaultType;
        for (SequenceOption option : options) {
            if (option instanceof SequenceOption.As as) {
                type = Commands.type(as.type()).type();
                if (type != PgType.INT2 && type != PgType.INT4 && type != PgType.INT8) {
                    throw invalid("sequence type must be smallint, integer, or bigint");
                }
            }
        }
        Numbers numbers = new Numbers(before, type);
        options.forEach(numbers::take);
        return numbers.finish(type);
    }

    /** Collects what the options say. */
    private static final class Numbers {
        private final @Nullable SequenceLayout before;
        private final boolean typeChanged;
        private long increment;
        private @Nullable Long minimum;
        private @Nullable Long maximum;
        private boolean minimumGiven;
        private boolean maximumGiven;
        private @Nullable Long start;
        private @Nullable Long restart;
        private boolean restartGiven;
        private long cache = 1;
        private boolean cycle;
        private SequenceOption.@Nullable OwnedBy ownedBy;

        Numbers(@Nullable SequenceDefinition sequence, PgType type) {
            before = sequence == null ? null : sequence.layout();
            typeChanged = sequence != null && sequence.dataType() != type;
            increment = before == null ? 1 : before.increment();
            cycle = before != null && before.cycle();
            cache = sequence == null ? 1 : sequence.cache();
        }

        void take(SequenceOption option) {
            switch (option) {
                case SequenceOption.As ignored -> {}
                case SequenceOption.Increment by -> increment = by.by();
                case SequenceOption.MinValue value -> {
                    minimum = value.value();
                    minimumGiven = true;
                }
                case SequenceOption.MaxValue value -> {
                    maximum = value.value();
                    maximumGiven = true;
                }
                case SequenceOption.Start value -> start = value.value();
                case SequenceOption.Restart value -> {
                    restart = value.value();
                    restartGiven = true;
                }
                case SequenceOption.Cache value -> cache = value.count();
                case SequenceOption.Cycle value -> cycle = value.cycle();
                case SequenceOption.OwnedBy value -> ownedBy = value;
                case SequenceOption.SequenceName ignored -> {}
            }
        }

        Plan finish(PgType type) {
            if (increment == 0) {
                throw invalid("INCREMENT must not be zero");
            }
            if (cache < 1) {
                throw invalid("CACHE (" + cache + ") must be greater than zero");
            }
            long typeMinimum =
                    type == PgType.INT2 ? Short.MIN_VALUE : type == PgType.INT4 ? Integer.MIN_VALUE : Long.MIN_VALUE;
            long typeMaximum =
                    type == PgType.INT2 ? Short.MAX_VALUE : type == PgType.INT4 ? Integer.MAX_VALUE : Long.MAX_VALUE;
            SequenceLayout old = before;
            long low = minimum != null
                    ? minimum
                    : !minimumGiven && old != null && !typeChanged ? old.minimum() : increment > 0 ? 1 : typeMinimum;
            long high = maximum != null
                    ? maximum
                    : !maximumGiven && old != null && !typeChanged ? old.maximum() : increment > 0 ? typeMaximum : -1;
            if (low < typeMinimum) {
                throw invalid("MINVALUE (" + low + ") is out of range for sequence data type " + TypeNames.of(type));
            }
            if (high > typeMaximum) {
                throw invalid("MAXVALUE (" + high + ") is out of range for sequence data type " + TypeNames.of(type));
            }
            if (low >= high) {
                throw invalid("MINVALUE (" + low + ") must be less than MAXVALUE (" + high + ")");
            }
            long first = start != null ? start : old != null ? old.start() : increment > 0 ? low : high;
            if (first < low) {
                throw invalid("START value (" + first + ") cannot be less than MINVALUE (" + low + ")");
            }
            if (first > high) {
                throw invalid("START value (" + first + ") cannot be greater than MAXVALUE (" + high + ")");
            }
            Long restartAt = restartGiven ? (restart == null ? Long.valueOf(first) : restart) : null;
            return new Plan(type, new SequenceLayout(first, increment, low, high, cycle), cache, restartAt, ownedBy);
        }
    }

    private static DatabaseException invalid(String message) {
        return new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }

    /** The sequence behind an identity or serial column, null without one. */
    static @Nullable SequenceDefinition ofColumn(Relation table, Column column, CommandSession session) {
        for (SequenceDefinition sequence : session.snapshot().ownedSequences(table.oid())) {
            if (sequence.ownedByColumn() == column.number()) {
                return sequence;
            }
        }
        return null;
    }
}
