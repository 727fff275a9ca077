package dev.strongroom.sql.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Storage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FunctionRegistryTest {
    private final FunctionRegistry registry = FunctionRegistry.builtIn();

    @Test
    void integerAdditionIsFoundAsOperatorWithItsOids() {
        OperatorSignature plus = registry.operators("+").stream()
                .filter(operator -> operator.right() == PgType.INT4 && operator.left() == PgType.INT4)
                .findFirst()
                .orElseThrow();
        assertThat(plus.oid()).isEqualTo(551);
        assertThat(plus.function().oid()).isEqualTo(177);
        assertThat(plus.result()).isEqualTo(PgType.INT4);
    }

    @Test
    void codeAnswersInTheFormOfItsResultType() {
        List<String> wrong = new ArrayList<>();
        for (FunctionSignature function : registry.functions()) {
            Storage storage = function.result().storage();
            boolean fits = switch (function.code()) {
                case ScalarCode.LongToLong ignored -> storage == Storage.LONG;
                case ScalarCode.LongsToLong ignored -> storage == Storage.LONG;
                case ScalarCode.DoubleToLong ignored -> storage == Storage.LONG;
                case ScalarCode.DoublesToLong ignored -> storage == Storage.LONG;
                case ScalarCode.RefToLong<?> ignored -> storage == Storage.LONG;
                case ScalarCode.RefsToLong<?, ?> ignored -> storage == Storage.LONG;
                case ScalarCode.LongToDouble ignored -> storage == Storage.DOUBLE;
                case ScalarCode.DoubleToDouble ignored -> storage == Storage.DOUBLE;
                case ScalarCode.DoublesToDouble ignored -> storage == Storage.DOUBLE;
                case ScalarCode.RefToDouble<?> ignored -> storage == Storage.DOUBLE;
                case ScalarCode.LongToRef ignored -> storage == Storage.REF;
                case ScalarCode.DoubleToRef ignored -> storage == Storage.REF;
                case ScalarCode.RefToRef<?> ignored -> storage == Storage.REF;
                case ScalarCode.RefsToRef<?, ?> ignored -> storage == Storage.REF;
                default -> true;
            };
            if (!fits) {
                wrong.add(function + " returns " + function.result());
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void castFromIntegerToBigintIsImplicit() {
        assertThat(registry.cast(PgType.INT4, PgType.INT8).orElseThrow().context())
                .isEqualTo(CastSignature.Context.IMPLICIT);
    }
}
