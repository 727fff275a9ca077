package dev.strongroom.sql.function;

import dev.strongroom.common.value.Row;
import org.jspecify.annotations.Nullable;

/** Code of a window function: one object per partition answers row by row, in order. */
@FunctionalInterface
public non-sealed interface WindowCode extends FunctionCode {
    Evaluator start(Call call);

    /** Evaluates a partition's rows from first to last. */
    @FunctionalInterface
    interface Evaluator {
        void evaluate(Position position, Row into, int slot);
    }

    /** The current row's place in its partition and frame, and the arguments at any row of it. */
    interface Position {
        /** Row number in the partition, from 0. */
        int row();

        int partitionSize();

        /** First row of the current row's peer group. */
        int peerStart();

        /** Row after the last of the current row's peer group. */
        int peerEnd();

        /** Number of the current row's peer group, from 0. */
        int peerGroup();

        /** How many rows the frame has, exclusion applied. */
        int frameSize();

        /** Partition row number of the frame's {@code n}-th row, from 0. */
        int frameRow(int n);

        /** How many arguments the call has. */
        int arguments();

        /** Argument at a row of the partition, boxed. */
        @Nullable
        Object argument(int argument, int row);
    }
}
