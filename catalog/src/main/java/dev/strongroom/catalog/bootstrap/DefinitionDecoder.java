package dev.strongroom.catalog.bootstrap;

import dev.strongroom.catalog.object.Acl;
import dev.strongroom.catalog.object.AclItem;
import dev.strongroom.catalog.object.Availability;
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
import dev.strongroom.catalog.object.ObjectClass;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Persistence;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.UserAccess;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.BinaryInput;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.storage.table.SequenceLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what {@link DefinitionEncoder} wrote. */
final class DefinitionDecoder {
    /** Columns of the row beside its body. */
    record Header(int oid, int scope, String name, char kind, int ownerOid) {}

    private final Header header;
    private final BinaryInput in;

    private DefinitionDecoder(Header header, byte[] body) {
        this.header = header;
        this.in = new BinaryInput(body, 0, body.length);
    }

    static CatalogObject decode(Header header, byte[] body) {
        DefinitionDecoder decoder = new DefinitionDecoder(header, body);
        int version = decoder.in.readByte();
        if (version != SystemTrees.FORMAT_VERSION) {
            throw damaged(header, "version " + version + ", expected " + SystemTrees.FORMAT_VERSION);
        }
        CatalogObject object = switch (header.kind()) {
            case 'n' -> new Schema(header.oid(), header.name(), header.ownerOid(), decoder.acl());
            case 'D' -> decoder.database();
            case 'R' -> decoder.role();
            case 'r' -> decoder.table();
            case 'v' -> decoder.view();
            case 'S' -> decoder.sequence();
            case 'i' -> decoder.index();
            case 'p', 'u' -> decoder.key();
            case 'c' -> decoder.check();
            case 'f' -> decoder.foreignKey();
            case 'M' -> decoder.masterKey();
            case 'E' -> decoder.encryptionKey();
            case 's' -> decoder.scheme();
            case 'G' -> decoder.keyRights();
            default -> throw damaged(header, "unknown kind '" + header.kind() + "'");
        };
        if (decoder.in.remaining() != 0) {
            throw damaged(header, decoder.in.remaining() + " bytes too many");
        }
        return object;
    }

    private static RuntimeException damaged(Header header, String what) {
        return ErrorReport.error(
                        ErrorCode.DATA_CORRUPTED,
                        "catalog row of object " + Integer.toUnsignedString(header.oid()) + " is damaged: " + what)
                .exception();
    }

    private DatabaseDefinition database() {
        boolean template = bool();
        int access = in.readByte();
        DatabaseDefinition.Options options = new DatabaseDefinition.Options(
                template,
                (access & 1) != 0,
                in.readInt(),
                UserAccess.of(access >>> 1 & 3),
                Availability.of(access >>> DefinitionEncoder.AVAILABILITY));
        return new DatabaseDefinition(
                header.oid(),
                header.name(),
                header.ownerOid(),
                options,
                requiredText(),
                acl(),
                settings(),
                in.readLong(),
                in.remaining() == 0 ? Map.of() : bitsByRole());
    }

    private Role role() {
        Role.Attributes attributes = new Role.Attributes(bool(), bool(), bool(), bool(), bool(), bool(), bool());
        int limit = in.readInt();
        String verifier = text();
        Long until = bool() ? (Long) in.readLong() : null;
        List<Role.Membership> memberOf =
                list(self -> new Role.Membership(self.in.readInt(), self.in.readInt(), self.bool()));
        Map<Integer, Map<String, String>> settings = new HashMap<>();
        for (int count = in.readInt(); count > 0; count--) {
            int database = in.readInt();
            settings.put(database, settings());
        }
        return new Role(header.oid(), header.name(), attributes, limit, verifier, until, memberOf, settings);
    }

    private TableDefinition table() {
        Persistence persistence = persistence();
        List<Column> columns = columns();
        long treeId = in.readLong();
        int cluster = in.readInt();
        int step = in.readInt();
        int rowType = in.readInt();
        int arrayType = in.readInt();
        List<String> options = list(DefinitionDecoder::requiredText);
        return new TableDefinition(
                header.oid(),
                header.scope(),
                header.name(),
                header.ownerOid(),
                persistence,
                columns,
                treeId,
                cluster,
                step,
                rowType,
                arrayType,
                options,
                acl());
    }

    private ViewDefinition view() {
        Persistence persistence = persistence();
        List<Column> columns = columns();
        String query = requiredText();
        List<ObjectRef> references = list(DefinitionDecoder::ref);
        int rowType = in.readInt();
        int arrayType = in.readInt();
        List<String> options = list(DefinitionDecoder::requiredText);
        return new ViewDefinition(
                header.oid(),
                header.scope(),
                header.name(),
                header.ownerOid(),
                persistence,
                columns,
                query,
                references,
                rowType,
                arrayType,
                options,
                acl());
    }

    private SequenceDefinition sequence() {
        Persistence persistence = persistence();
        long sequenceId = in.readLong();
        PgType type = pgType();
        SequenceLayout layout = new SequenceLayout(in.readLong(), in.readLong(), in.readLong(), in.readLong(), bool());
        long cache = in.readLong();
        int table = in.readInt();
        int column = in.readInt();
        boolean identity = bool();
        return new SequenceDefinition(
                header.oid(),
                header.scope(),
                header.name(),
                header.ownerOid(),
                persistence,
                sequenceId,
                type,
                layout,
                cache,
                table,
                column,
                identity,
                acl());
    }

    private IndexDefinition index() {
        int table = in.readInt();
        long treeId = in.readLong();
        List<IndexDefinition.Part> parts = list(self ->
                new IndexDefinition.Part(self.in.readInt(), self.text(), self.type(), self.bool(), self.bool()));
        List<Integer> included = numbers();
        boolean unique = bool();
        boolean primary = bool();
        boolean nullsNotDistinct = bool();
        String predicate = text();
        List<Integer> mentioned = numbers();
        boolean valid = bool();
        List<String> options = list(DefinitionDecoder::requiredText);
        return new IndexDefinition(
                header.oid(),
                header.scope(),
                header.name(),
                header.ownerOid(),
                table,
                treeId,
                parts,
                included,
                unique,
                primary,
                nullsNotDistinct,
                predicate,
                mentioned,
                valid,
                options);
    }

    private Constraint.Key key() {
        return new Constraint.Key(
                header.oid(),
                header.name(),
                header.scope(),
                header.kind() == 'p',
                numbers(),
                in.readInt(),
                bool(),
                bool());
    }

    private Constraint.Check check() {
        return new Constraint.Check(
                header.oid(),
                header.name(),
                header.scope(),
                requiredText(),
                numbers(),
                list(DefinitionDecoder::ref),
                bool(),
                bool());
    }

    private Constraint.ForeignKey foreignKey() {
        List<Integer> columns = numbers();
        int referenced = in.readInt();
        List<Integer> referencedColumns = numbers();
        int referencedIndex = in.readInt();
        Constraint.Action onUpdate = action();
        Constraint.Action onDelete = action();
        return new Constraint.ForeignKey(
                header.oid(),
                header.name(),
                header.scope(),
                columns,
                referenced,
                referencedColumns,
                referencedIndex,
                onUpdate,
                onDelete,
                numbers(),
                bool(),
                bool(),
                bool(),
                bool());
    }

    private ColumnMasterKey masterKey() {
        String provider = requiredText();
        String path = requiredText();
        byte[] signature = bool() ? bytes() : null;
        return new ColumnMasterKey(
                header.oid(), header.name(), provider, path, signature, in.readLong(), in.readLong());
    }

    private ColumnEncryptionKey encryptionKey() {
        List<ColumnEncryptionKey.Value> values =
                list(self -> new ColumnEncryptionKey.Value(self.in.readInt(), self.bytes()));
        List<Long> versions = list(self -> self.in.readLong());
        return new ColumnEncryptionKey(header.oid(), header.name(), values, versions, in.readLong(), in.readLong());
    }

    private EncryptionScheme scheme() {
        return new EncryptionScheme(header.oid(), in.readInt(), bool(), pgType(), in.readInt(), in.readInt());
    }

    private ColumnKeyRights keyRights() {
        return new ColumnKeyRights(bitsByRole());
    }

    private Map<Integer, Integer> bitsByRole() {
        Map<Integer, Integer> granted = new HashMap<>();
        for (int count = in.readInt(); count > 0; count--) {
            int role = in.readInt();
            granted.put(role, in.readInt());
        }
        return granted;
    }

    private Constraint.Action action() {
        char letter = (char) in.readByte();
        for (Constraint.Action action : Constraint.Action.values()) {
            if (action.letter() == letter) {
                return action;
            }
        }
        throw damaged(header, "unknown action '" + letter + "'");
    }

    private Persistence persistence() {
        char letter = (char) in.readByte();
        for (Persistence persistence : Persistence.values()) {
            if (persistence.letter() == letter) {
                return persistence;
            }
        }
        throw damaged(header, "unknown persistence '" + letter + "'");
    }

    private List<Column> columns() {
        int count = in.readInt();
        List<Column> columns = new ArrayList<>(count);
        for (int number = 1; number <= count; number++) {
            columns.add(column(number));
        }
        return columns;
    }

    private Column column(int number) {
        String name = requiredText();
        ColumnType type = type();
        boolean notNull = bool();
        ColumnDefault value = null;
        if (bool()) {
            value = new ColumnDefault(in.readInt(), requiredText(), list(DefinitionDecoder::ref));
        }
        Column.Identity identity = Column.Identity.values()[in.readByte()];
        boolean generated = bool();
        boolean dropped = bool();
        int sinceStep = in.readInt();
        int missingLength = in.readInt();
        Object missing = missingLength < 0
                ? null
                : TypeCodecs.of(type.type()).readBinaryBoxed(in.slice(missingLength), TypeContext.DEFAULT);
        return new Column(
                number,
                name,
                type,
                notNull,
                value,
                identity,
                generated,
                dropped,
                sinceStep,
                missing,
                in.readInt(),
                acl());
    }

    private ColumnType type() {
        return new ColumnType(pgType(), in.readInt(), in.readInt());
    }

    private PgType pgType() {
        int oid = in.readInt();
        return PgType.byOid(oid).orElseThrow(() -> damaged(header, "unknown type " + oid));
    }

    private ObjectRef ref() {
        int classOid = in.readInt();
        for (ObjectClass candidate : ObjectClass.values()) {
            if (candidate.oid() == classOid) {
                return new ObjectRef(candidate, in.readInt(), in.readInt());
            }
        }
        throw damaged(header, "unknown class " + classOid);
    }

    private @Nullable Acl acl() {
        if (!bool()) {
            return null;
        }
        return new Acl(
                list(self -> new AclItem(self.in.readInt(), self.in.readInt(), self.in.readInt(), self.in.readInt())));
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        for (int count = in.readInt(); count > 0; count--) {
            String name = requiredText();
            settings.put(name, requiredText());
        }
        return settings;
    }

    private List<Integer> numbers() {
        return list(self -> self.in.readInt());
    }

    private <T> List<T> list(Function<DefinitionDecoder, T> each) {
        int count = in.readInt();
        List<T> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(each.apply(this));
        }
        return elements;
    }

    private String requiredText() {
        String text = text();
        if (text == null) {
            throw damaged(header, "missing text");
        }
        return text;
    }

    private @Nullable String text() {
        int length = in.readInt();
        return length < 0 ? null : new String(in.readBytes(length), StandardCharsets.UTF_8);
    }

    private byte[] bytes() {
        return in.readBytes(in.readInt());
    }

    private boolean bool() {
        return in.readByte() != 0;
    }
}
