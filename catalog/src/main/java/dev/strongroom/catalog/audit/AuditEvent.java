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
     * @param statement cut at 4000 characters
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
            out.writeUTF(action);
            out.writeUTF(classType);
            out.writeBoolean(succeeded);
            out.writeInt(who.session);
            out.writeInt(who.principal);
            out.writeUTF(who.sessionUser);
            out.writeUTF(who.user);
            out.writeUTF(who.clientAddress);
            out.writeUTF(cut(who.application));
            out.writeInt(what.databaseOid);
            out.writeUTF(what.database);
            out.writeUTF(what.object);
            out.writeUTF(cut(what.statement));
            out.writeUTF(cut(what.information));
            out.writeLong(what.durationMillis);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String cut(String text) {
        return text.length() <= MAX_STATEMENT ? text : text.substring(0, MAX_STATEMENT);
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
