package dev.strongroom.catalog.object;

import dev.strongroom.common.type.PgType;
import dev.strongroom.storage.table.ColumnLayout;
import org.jspecify.annotations.Nullable;

/**
 * A column of a relation. Column n of a table is slot n - 1 of its rows, dropped columns keep their slot.
 *
 * @param number 1-based, {@code attnum}
 * @param defaultValue default, or the expression of a generated column
 * @param sinceStep schema step at which the column was added
 * @param missing what rows older than {@code sinceStep} show: null, Long, Double or the type's object
 */
public record Column(
        int number,
        String name,
        ColumnType type,
        boolean notNull,
        @Nullable ColumnDefault defaultValue,
        Identity identity,
        boolean generated,
        boolean dropped,
        int sinceStep,
        @Nullable Object missing,
        int statisticsTarget,
        @Nullable Acl acl) {

    /** {@code attidentity}. */
    public enum Identity {
        NONE,
        ALWAYS,
        BY_DEFAULT
    }

    /** A plain column. */
    public static Column of(int number, String name, ColumnType type, boolean notNull) {
        return new Column(number, name, type, notNull, null, Identity.NONE, false, false, 0, null, -1, null);
    }

    public static Column of(int number, String name, PgType type) {
        return of(number, name, ColumnType.of(type), false);
    }

    public PgType pgType() {
        return type.type();
    }

    /** Slot in a row of the table. */
    public int slot() {
        return number - 1;
    }

    public ColumnLayout layout() {
        return new ColumnLayout(name, type.type(), sinceStep, missing);
    }

    public Column withName(String name) {
        return new Column(
                number,
                name,
                type,
                notNull,
                defaultValue,
                identity,
                generated,
                dropped,
                sinceStep,
                missing,
                statisticsTarget,
                acl);
    }

    public Column withNumber(int number) {
        return new Column(
                number,
                name,
                type,
                notNull,
                defaultValue,
                identity,
                generated,
                dropped,
                sinceStep,
                missing,
                statisticsTarget,
                acl);
    }

    public Column withType(ColumnType type) {
        return new Column(
                number,
                name,
                type,
                notNull,
                defaultValue,
                identity,
                generated,
                dropped,
                sinceStep,
                missing,
                statisticsTarget,
                acl);
    }

    public Column withNotNull(boolean notNull) {
        return new Column(
                number,
                name,
                type,
                notNull,
                defaultValue,
                identity,
                generated,
                dropped,
                sinceStep,
                missing,
                statisticsTarget,
                acl);
    }

    public Column withDefault(@Nullable ColumnDefault defaultValue) {
        return new Column(
                number,
                name,
                type,
                notNull,
                defaultValue,
                identity,
                generated,
                dropped,
                sinceStep,
                missing,
                statisticsTarget,
                acl);
    }

    /** The column as GENERATED ALWAYS AS (…) STORED. */
    public Column withGenerated(@Nullable ColumnDefault expression) {
        return new Column(
                number,
                name,
                type,
                notNull,
                expression,
                identity,
                expression != null,
                dropped,
                sinceStep,
                missing,
                statisticsTarget,
                acl);
    }

    public Column withIdentity(Identity identity) {
        return new Column(
                number,
                name,
                type,
                notNull,
                defaultValue,
                identity,
                generated,
                dropped,
                sinceStep,
                missing,
                statisticsTarget,
                acl);
    }

    /** Added at a schema step; older rows show {@code missing}. */
    public Column withMissing(int sinceStep, @Nullable Object missing) {
        return new Column(
                number,
                name,
                type,
                notNull,
                defaultValue,
                identity,
                generated,
                dropped,
                sinceStep,
                missing,
                statisticsTarget,
                acl);
    }

    public Column withStatisticsTarget(int statisticsTarget) {
        return new Column(
                number,
                name,
                type,
                notNull,
                defaultValue,
                identity,
                generated,
                dropped,
                sinceStep,
                missing,
                statisticsTarget,
                acl);
    }

    public Column withAcl(@Nullable Acl acl) {
        return new Column(
                number,
                name,
                type,
                notNull,
                defaultValue,
                identity,
                generated,
                dropped,
                sinceStep,
                missing,
                statisticsTarget,
                acl);
    }

    /** What is left of a dropped column: its slot, its physical type and a name nobody can write. */
    public Column asDropped() {
        String gone = "........pg.dropped." + number + "........";
        return new Column(number, gone, type, false, null, Identity.NONE, false, true, sinceStep, missing, 0, null);
    }
}
