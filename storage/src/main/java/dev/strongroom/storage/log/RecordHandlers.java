package dev.strongroom.storage.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who redoes and undoes which kind of record. Filled when a database is opened, before recovery; then read-only. */
public final class RecordHandlers {
    private final @Nullable RedoHandler[] redo = new @Nullable RedoHandler[RecordKind.COUNT];
    private final @Nullable UndoHandler[] undo = new @Nullable UndoHandler[RecordKind.COUNT];
    private final List<RecordObserver> observers = new ArrayList<>();

    public void redo(int kind, RedoHandler handler) {
        assert redo[kind] == null : kind;
        redo[kind] = handler;
    }

    public void undo(int kind, UndoHandler handler) {
        assert undo[kind] == null : kind;
        undo[kind] = handler;
    }

    /** Adds one that sees every record from the redo point on, in log order, before it is redone. */
    public void observe(RecordObserver observer) {
        observers.add(observer);
    }

    public @Nullable RedoHandler redoOf(int kind) {
        return redo[kind];
    }

    public @Nullable UndoHandler undoOf(int kind) {
        return undo[kind];
    }

    /** Shows a record to all observers. */
    public void seen(LogRecord record) {
        for (RecordObserver observer : observers) {
            observer.seen(record);
        }
    }
}
