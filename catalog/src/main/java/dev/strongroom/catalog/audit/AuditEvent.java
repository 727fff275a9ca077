package dev.strongroom.catalog.audit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * Something that is audited. Texts hold no secrets: whoever makes an event has masked them.
 *
 * @param timeMicros microseconds since 1970 UTC
 * @param action action_id, at most four characters
 * @param classType two characters
 * @param groups not part of the record
 */
public record AuditEvent(
        long timeMicros,
        String action,
        String classType,
        boolean succeeded,
        Who who,
        What what,
        Set<AuditGroup> groups) {
    /** The name in place of a user where the server itself acts. */
    public static final String SCAN = "##SR_TdeScan##";

    private static final int MAX_STATEMENT = 4000;
    private static final int MAX_NAME = 128;
    private static final int TEXTS = 2;
    private static final int NAMES = 8;
    private static final int FIXED_BYTES = 64;

    /** What a record may have at most: texts are cut, and a character has up to three bytes. */
    static final int MAX_BYTES = 3 * (TEXTS * MAX_STATEMENT + NAMES * MAX_NAME) + FIXED_BYTES;

    public AuditEvent {
        groups = Set.copyOf(groups);
    }

    /** The session and its users. */
    public record Who(
            int session, int principal, String sessionUser, String user, String clientAddress, String application) {
        /** The server itself. */
        public static final Who SERVER = new Who(0, 0, SCAN, SCAN, "", "");
    }

    /**
     * What happened to what.
     *
     * @param statement cut at 4000 characters, as is information; names are cut at 128
     */
    public record What(
            int databaseOid,
            String database,
            String object,
            String statement,
            String information,
            long durationMillis) {}

    /** The same event with how it ended. */
    public AuditEvent ended(boolean success, long durationMillis) {
        return new AuditEvent(
                timeMicros,
                action,
                classType,
                success,
                who,
                new What(
                        what.databaseOid, what.database, what.object, what.statement, what.information, durationMillis),
                groups);
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(timeMicros);
            out.writeUTF(cut(action, MAX_NAME));
            out.writeUTF(cut(classType, MAX_NAME));
            out.writeBoolean(succeeded);
            out.writeInt(who.session);
            out.writeInt(who.principal);
            out.writeUTF(cut(who.sessionUser, MAX_NAME));
            out.writeUTF(cut(who.user, MAX_NAME));
            out.writeUTF(cut(who.clientAddress, MAX_NAME));
            out.writeUTF(cut(who.application, MAX_NAME));
            out.writeInt(what.databaseOid);
            out.writeUTF(cut(what.database, MAX_NAME));
            out.writeUTF(cut(what.object, MAX_NAME));
            out.writeUTF(cut(what.statement, MAX_STATEMENT));
            out.writeUTF(cut(what.information, MAX_STATEMENT));
            out.writeLong(what.durationMillis);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** At most so many chars, none of them half a character. */
    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }

    static AuditEvent decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            long time = in.readLong();
            String action = in.readUTF();
            String classType = in.readUTF();
            boolean succeeded = in.readBoolean();
            Who who = new Who(in.readInt(), in.readInt(), in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
            What what = new What(in.readInt(), in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readLong());
            return new AuditEvent(time, action, classType, succeeded, who, what, Set.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
