package dev.strongroom.catalog.bootstrap;

import dev.strongroom.catalog.object.Acl;
import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnDefault;
import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnKeyRights;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.common.type.HeapSink;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.storage.table.SequenceLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a catalog row: one version byte, then the components of the record that are not columns of the row, in their
 * order. Numbers are big-endian; a text is a 4-byte length (-1 for null) and UTF-8; a list is a 4-byte count and its elements;
 * an optional part is preceded by one byte 0 or 1. {@link DefinitionDecoder} reads the same order.
 */
final class DefinitionEncoder {
    /** Where availability begins in the byte that access has: beyond who may connect, and two bits of user access. */
    static final int AVAILABILITY = 3;

    private final HeapSink out = new HeapSink(256);

    private DefinitionEncoder() {}

    static byte[] encode(CatalogObject object) {
        DefinitionEncoder encoder = new DefinitionEncoder();
        encoder.out.writeByte(SystemTrees.FORMAT_VERSION);
        switch (object) {
            case Schema schema -> encoder.acl(schema.acl());
            case DatabaseDefinition database -> encoder.database(database);
            case Role role -> encoder.role(role);
            case TableDefinition table -> encoder.table(table);
            case ViewDefinition view -> encoder.view(view);
            case SequenceDefinition sequence -> encoder.sequence(sequence);
            case IndexDefinition index -> encoder.index(index);
            case Constraint.Key key -> encoder.key(key);
            case Constraint.Check check -> encoder.check(check);
            case Constraint.ForeignKey key -> encoder.foreignKey(key);
            case ColumnMasterKey key -> encoder.masterKey(key);
            case ColumnEncryptionKey key -> encoder.encryptionKey(key);
            case EncryptionScheme scheme -> encoder.scheme(scheme);
            case ColumnKeyRights rights -> encoder.bitsByRole(rights.granted());
            case SystemTable table -> throw new AssertionError("system tables are not stored: " + table.name());
        }
        return encoder.out.toByteArray();
    }

    private void database(DatabaseDefinition database) {
        bool(database.template());
        out.writeByte((database.allowConnections() ? 1 : 0)
                | database.access().code() << 1
                | database.availability().code() << AVAILABILITY);
        out.writeInt(database.connectionLimit());
        text(database.collate());
        acl(database.acl());
        settings(database.settings());
        out.writeLong(database.createdMicros());
        if (!database.keyGrants().isEmpty()) {
            bitsByRole(database.keyGrants());
        }
    }

    private void role(Role role) {
        Role.Attributes attributes = role.attributes();
        bool(attributes.superuser());
        bool(attributes.inherit());
        bool(attributes.createRole());
        bool(attributes.createDatabase());
        bool(attributes.login());
        bool(attributes.replication());
        bool(attributes.bypassRowSecurity());
        out.writeInt(role.connectionLimit());
        text(role.verifier());
        Long until = role.validUntilMicros();
        bool(until != null);
        if (until != null) {
            out.writeLong(until);
        }
        list(role.memberOf(), (self, membership) -> {
            self.out.writeInt(membership.roleOid());
            self.out.writeInt(membership.grantorOid());
            self.bool(membership.adminOption());
        });
        out.writeInt(role.settings().size());
        new TreeMap<>(role.settings()).forEach((database, settings) -> {
            out.writeInt(database);
            settings(settings);
        });
    }

    private void table(TableDefinition table) {
        out.writeByte(table.persistence().letter());
        list(table.columns(), DefinitionEncoder::column);
        out.writeLong(table.treeId());
        out.writeInt(table.clusterIndexOid());
        out.writeInt(table.schemaStep());
        out.writeInt(table.rowTypeOid());
        out.writeInt(table.arrayTypeOid());
        list(table.options(), DefinitionEncoder::text);
        acl(table.acl());
    }

    private void view(ViewDefinition view) {
        out.writeByte(view.persistence().letter());
        list(view.columns(), DefinitionEncoder::column);
        text(view.query());
        list(view.references(), DefinitionEncoder::ref);
        out.writeInt(view.rowTypeOid());
        out.writeInt(view.arrayTypeOid());
        list(view.options(), DefinitionEncoder::text);
        acl(view.acl());
    }

    private void sequence(SequenceDefinition sequence) {
        out.writeByte(sequence.persistence().letter());
        out.writeLong(sequence.sequenceId());
        out.writeInt(sequence.dataType().oid());
        SequenceLayout layout = sequence.layout();
        out.writeLong(layout.start());
        out.writeLong(layout.increment());
        out.writeLong(layout.minimum());
        out.writeLong(layout.maximum());
        bool(layout.cycle());
        out.writeLong(sequence.cache());
        out.writeInt(sequence.ownedByTable());
        out.writeInt(sequence.ownedByColumn());
        bool(sequence.identity());
        acl(sequence.acl());
    }

    private void index(IndexDefinition index) {
        out.writeInt(index.tableOid());
        out.writeLong(index.treeId());
        list(index.parts(), (self, part) -> {
            self.out.writeInt(part.column());
            self.text(part.expression());
            self.type(part.type());
            self.bool(part.descending());
            self.bool(part.nullsFirst());
        });
        numbers(index.included());
        bool(index.unique());
        bool(index.primary());
        bool(index.nullsNotDistinct());
        text(index.predicate());
        numbers(index.mentioned());
        bool(index.valid());
        list(index.options(), DefinitionEncoder::text);
    }

    private void key(Constraint.Key key) {
        numbers(key.columns());
        out.writeInt(key.indexOid());
        bool(key.deferrable());
        bool(key.initiallyDeferred());
    }

    private void check(Constraint.Check check) {
        text(check.expression());
        numbers(check.columns());
        list(check.references(), DefinitionEncoder::ref);
        bool(check.validated());
        bool(check.noInherit());
    }

    private void foreignKey(Constraint.ForeignKey key) {
        numbers(key.columns());
        out.writeInt(key.referencedTableOid());
        numbers(key.referencedColumns());
        out.writeInt(key.referencedIndexOid());
        out.writeByte(key.onUpdate().letter());
        out.writeByte(key.onDelete().letter());
        numbers(key.deleteSetColumns());
        bool(key.matchFull());
        bool(key.deferrable());
        bool(key.initiallyDeferred());
        bool(key.validated());
    }

    private void masterKey(ColumnMasterKey key) {
        text(key.provider());
        text(key.path());
        byte[] signature = key.signature();
        bool(signature != null);
        if (signature != null) {
            bytes(signature);
        }
        out.writeLong(key.createdMicros());
        out.writeLong(key.modifiedMicros());
    }

    private void encryptionKey(ColumnEncryptionKey key) {
        list(key.values(), (self, value) -> {
            self.out.writeInt(value.masterKeyOid());
            self.bytes(value.encrypted());
        });
        list(key.versions(), (self, version) -> self.out.writeLong(version));
        out.writeLong(key.createdMicros());
        out.writeLong(key.modifiedMicros());
    }

    private void scheme(EncryptionScheme scheme) {
        out.writeInt(scheme.keyOid());
        bool(scheme.deterministic());
        out.writeInt(scheme.baseType().oid());
        out.writeInt(scheme.baseTypmod());
        out.writeInt(scheme.collationOid());
    }

    private void bitsByRole(Map<Integer, Integer> granted) {
        out.writeInt(granted.size());
        new TreeMap<>(granted).forEach((role, bits) -> {
            out.writeInt(role);
            out.writeInt(bits);
        });
    }

    private void column(Column column) {
        text(column.name());
        type(column.type());
        bool(column.notNull());
        ColumnDefault value = column.defaultValue();
        bool(value != null);
        if (value != null) {
            out.writeInt(value.oid());
            text(value.expression());
            list(value.references(), DefinitionEncoder::ref);
        }
        out.writeByte(column.identity().ordinal());
        bool(column.generated());
        bool(column.dropped());
        out.writeInt(column.sinceStep());
        Object missing = column.missing();
        if (missing == null) {
            out.writeInt(-1);
        } else {
            HeapSink binary = new HeapSink();
            TypeCodecs.of(column.pgType()).writeBinaryBoxed(missing, TypeContext.DEFAULT, binary);
            bytes(binary.toByteArray());
        }
        out.writeInt(column.statisticsTarget());
        acl(column.acl());
    }

    private void type(ColumnType type) {
        out.writeInt(type.type().oid());
        out.writeInt(type.typmod());
        out.writeInt(type.collationOid());
    }

    private void ref(ObjectRef ref) {
        out.writeInt(ref.objectClass().oid());
        out.writeInt(ref.oid());
        out.writeInt(ref.subId());
    }

    private void acl(@Nullable Acl acl) {
        bool(acl != null);
        if (acl != null) {
            list(acl.items(), (self, item) -> {
                self.out.writeInt(item.granteeOid());
                self.out.writeInt(item.grantorOid());
                self.out.writeInt(item.privileges());
                self.out.writeInt(item.grantOptions());
            });
        }
    }

    private void settings(Map<String, String> settings) {
        out.writeInt(settings.size());
        new TreeMap<>(settings).forEach((name, value) -> {
            text(name);
            text(value);
        });
    }

    private void numbers(List<Integer> numbers) {
        list(numbers, (self, number) -> self.out.writeInt(number));
    }

    private <T> void list(List<T> elements, BiConsumer<DefinitionEncoder, T> each) {
        out.writeInt(elements.size());
        elements.forEach(element -> each.accept(this, element));
    }

    private void text(@Nullable String text) {
        if (text == null) {
            out.writeInt(-1);
        } else {
            bytes(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void bytes(byte[] bytes) {
        out.writeInt(bytes.length);
        out.writeBytes(bytes, 0, bytes.length);
    }

    private void bool(boolean value) {
        out.writeByte(value ? 1 : 0);
    }
}
