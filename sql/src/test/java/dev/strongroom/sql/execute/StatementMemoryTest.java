package dev.strongroom.sql.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import org.junit.jupiter.api.Test;

/** All statements together stay inside one bound, and give back what they took. */
final class StatementMemoryTest {
    private static final long MIB = 1 << 20;

    private final StatementMemory shared = new StatementMemory(16 * MIB);
    private final MemoryAccount one = new MemoryAccount(100 * MIB, shared);
    private final MemoryAccount other = new MemoryAccount(100 * MIB, shared);

    @Test
    void whoAsksForMoreThanIsLeftFailsAndTheOthersGoOn() {
        one.take(12 * MIB);
        assertThatThrownBy(() -> other.take(8 * MIB))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
        one.give(12 * MIB);
        other.take(8 * MIB);
        assertThat(shared.heldBytes()).isBetween(7 * MIB, 9 * MIB);
    }

    @Test
    void whoTakesAllThereIsLeavesTheOthersALittle() {
        while (one.tryTake(64 << 10)) {
            assertThat(shared.heldBytes()).isLessThanOrEqualTo(14 * MIB);
        }
        other.take(MIB);
        assertThat(other.tryTake(4 * MIB)).isFalse();
        assertThat(other.usedBytes()).isEqualTo(MIB);
    }

    @Test
    void whoHoldsTheLeastShareGoesOnInFilesWhenAnotherHasTakenAllThereIs() {
        while (one.tryTake(64 << 10)) {
            assertThat(shared.share()).isPositive();
        }
        assertThat(shared.share()).isEqualTo(256 << 10);
    }

    @Test
    void takingAndGivingLittleByLittleLeavesNothingBehind() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 10_000; i++) {
                one.take(1000);
            }
            assertThat(shared.heldBytes()).isBetween(9 * MIB, 11 * MIB);
            for (int i = 0; i < 10_000; i++) {
                one.give(1000);
            }
            assertThat(shared.heldBytes()).isLessThan(MIB);
        }
    }

    @Test
    void theShareOfOneShrinksAsOthersHoldMore() {
        long before = shared.share();
        one.take(12 * MIB);
        assertThat(shared.share()).isLessThan(before).isPositive();
        assertThat(shared.isScarce()).isTrue();
    }

    @Test
    void aStatementsOwnLimitIsKept() {
        MemoryAccount small = new MemoryAccount(MIB, shared);
        assertThatThrownBy(() -> small.take(2 * MIB))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
    }
}
