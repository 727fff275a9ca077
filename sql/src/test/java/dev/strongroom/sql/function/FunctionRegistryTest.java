package dev.strongroom.sql.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.type.PgType;
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
    void castFromIntegerToBigintIsImplicit() {
        assertThat(registry.cast(PgType.INT4, PgType.INT8).orElseThrow().context())
                .isEqualTo(CastSignature.Context.IMPLICIT);
    }
}
