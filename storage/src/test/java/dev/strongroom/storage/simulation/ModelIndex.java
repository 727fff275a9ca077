package dev.strongroom.storage.simulation;

import dev.strongroom.storage.table.IndexLayout;

/** An index that came to its table later than the table's own. */
final class ModelIndex {
    final IndexLayout layout;
    /** Made beside writers: first it is kept in step, then it is filled, then it may be read. */
    final boolean beside;

    long createdAt = ModelTable.NEVER;
    long droppedAt = ModelTable.NEVER;
    /** When what is made beside writers was complete. */
    private long completeAt = ModelTable.NEVER;
    /** A tree that is there if it is complete, for want of a catalog; 0 while nobody has tried. */
    long marker;

    ModelIndex(IndexLayout layout, boolean beside) {
        this.layout = layout;
        this.beside = beside;
    }

    /** Slot of its one column. */
    int column() {
        return layout.parts().getFirst().slot();
    }

    boolean existsAt(long time) {
        return createdAt <= time && time < droppedAt;
    }

    boolean isAlive() {
        return createdAt != ModelTable.NEVER && droppedAt == ModelTable.NEVER;
    }

    void completeAt(long time) {
        completeAt = time;
    }

    /** Whether it may be read. */
    boolean isValidAt(long time) {
        return existsAt(time) && (!beside || completeAt <= time);
    }

    /** Whether it may be read, unless it is gone. */
    boolean isComplete() {
        return !beside || completeAt != ModelTable.NEVER;
    }

    /** What happened after a time has not happened. */
    void settle(long time) {
        droppedAt = ModelTable.NEVER;
        completeAt = completeAt <= time ? completeAt : ModelTable.NEVER;
    }

    /** Once all that came back after a crash is known: a tree that was to say so never was, and another may have its number. */
    void forgetLostMarker() {
        if (!isComplete()) {
            marker = 0;
        }
    }
}
