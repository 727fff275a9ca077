package dev.strongroom.catalog.store;

/** RESTRICT or CASCADE. */
public enum DropBehavior {
    RESTRICT,
    CASCADE
}
