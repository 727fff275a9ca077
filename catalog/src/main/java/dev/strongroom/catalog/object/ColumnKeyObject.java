package dev.strongroom.catalog.object;

/** What Always Encrypted keeps in a database's catalog. None of it opens a cell (AE-15, AE-17). */
public sealed interface ColumnKeyObject extends CatalogObject
        permits ColumnMasterKey, ColumnEncryptionKey, EncryptionScheme, ColumnKeyRights {}
