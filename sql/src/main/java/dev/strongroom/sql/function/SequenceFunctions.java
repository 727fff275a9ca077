package dev.strongroom.sql.function;

import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.pgview.CatalogFunctions;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.storage.table.SequenceLayout;
import org.jspecify.annotations.Nullable;

/** {@code nextval}, {@code currval}, {@code lastval}, {@code setval}. */
final class SequenceFunctions {
    private SequenceFunctions() {}

    static void define(Definitions to) {
        to.general("nextval_oid", (call, arguments) -> next(call, SystemCatalogFunctions.number(arguments, 0)));
        to.general("currval_oid", (call, arguments) -> current(call, SystemCatalogFunctions.number(arguments, 0)));
        to.general("lastval", (call, arguments) -> last(call));
        to.general(
                "setval_oid",
                (call, arguments) -> set(
                        call,
                        SystemCatalogFunctions.number(arguments, 0),
                        SystemCatalogFunctions.number(arguments, 1),
                        true));
        to.general(
                "setval3_oid",
                (call, arguments) -> set(
                        call,
                        SystemCatalogFunctions.number(arguments, 0),
                        SystemCatalogFunctions.number(arguments, 1),
                        SystemCatalogFunctions.number(arguments, 2) != 0));
    }

    private static SequenceDefinition sequence(SystemContext context, long oid, Privilege... anyOf) {
        SequenceDefinition sequence = new CatalogFunctions(context).requireSequence(oid);
        AccessRights rights = new AccessRights(context.snapshot(), context.currentUserOid());
        for (Privilege privilege : anyOf) {
            if (rights.has(sequence, privilege)) {
                return sequence;
            }
        }
        rights.require(sequence, anyOf[0]);
        return sequence;
    }

    private static Object next(Call call, long oid) {
        SystemContext context = call.session().systemContext();
        SequenceDefinition sequence = sequence(context, oid, Privilege.USAGE, Privilege.UPDATE);
        long value;
        try {
            value = context.storage().sequences().next(sequence.sequenceId());
        } catch (dev.strongroom.common.error.DatabaseException limit) {
            if (limit.code() == ErrorCode.SEQUENCE_GENERATOR_LIMIT_EXCEEDED) {
                throw reachedLimit(sequence);
            }
            throw limit;
        }
        call.session().sequenceMemory().remember(sequence.oid(), value);
        return value;
    }

    private static RuntimeException reachedLimit(SequenceDefinition sequence) {
        boolean up = sequence.layout().increment() > 0;
        long limit = up ? sequence.layout().maximum() : sequence.layout().minimum();
        return ErrorReport.error(
                        ErrorCode.SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
                        "nextval: reached " + (up ? "maximum" : "minimum") + " value of sequence \"" + sequence.name()
                                + "\" (" + limit + ")")
                .exception();
    }

    private static Object current(Call call, long oid) {
        SequenceDefinition sequence = sequence(call.session().systemContext(), oid, Privilege.USAGE, Privilege.SELECT);
        Long value = call.session().sequenceMemory().current(sequence.oid());
        if (value == null) {
            throw ErrorReport.error(
                            ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE,
                            "currval of sequence \"" + sequence.name() + "\" is not yet defined in this session")
                    .exception();
        }
        return value;
    }

    private static Object last(Call call) {
        int oid = call.session().sequenceMemory().last();
        Long value = oid == 0 ? null : call.session().sequenceMemory().current(oid);
        boolean exists = oid != 0
                && call.session().systemContext().snapshot().relation(oid).isPresent();
        if (value == null || !exists) {
            throw ErrorReport.error(
                            ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE, "lastval is not yet defined in this session")
                    .exception();
        }
        return value;
    }

    private static @Nullable Object set(Call call, long oid, long value, boolean called) {
        SystemContext context = call.session().systemContext();
        SequenceDefinition sequence = sequence(context, oid, Privilege.UPDATE);
        SequenceLayout layout = sequence.layout();
        if (value < layout.minimum() || value > layout.maximum()) {
            throw ErrorReport.error(
                            ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE,
                            "setval: value " + value + " is out of bounds for sequence \"" + sequence.name() + "\" ("
                                    + layout.minimum() + ".." + layout.maximum() + ")")
                    .exception();
        }
        context.storage().sequences().set(sequence.sequenceId(), value, called);
        if (called) {
            call.session().sequenceMemory().replace(sequence.oid(), value);
        }
        return value;
    }
}
