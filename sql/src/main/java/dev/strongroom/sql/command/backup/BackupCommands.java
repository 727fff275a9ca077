package dev.strongroom.sql.command.backup;

import dev.strongroom.catalog.backup.BackupRequest;
import dev.strongroom.catalog.backup.BackupServices;
import dev.strongroom.catalog.backup.BackupWish;
import dev.strongroom.catalog.backup.HistoryEntry;
import dev.strongroom.catalog.backup.RestoreWish;
import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.KeySession;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.sql.command.CommandResult;
import dev.strongroom.sql.command.KeyStatements;
import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.BackupStatement.BackupEncryption;
import dev.strongroom.sql.parse.statement.BackupStatement.Device;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.MediaReader;
import dev.strongroom.storage.recovery.StopPoint;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Runs BACKUP and RESTORE. One for the server; thread-safe. */
public final class BackupCommands {
    private static final int DEFAULT_STATS = 10;
    private static final int NAME_LENGTH = 128;
    private static final int DESCRIPTION_LENGTH = 255;
    private static final long DAY_MICROS = 86_400_000_000L;
    private static final int MAX_DEVICES = 64;
    private static final long MILLI = 1000;
    /** What SQL Server's media need and ours do not. */
    private static final Set<String> COMMON = Set.of(
            "STATS",
            "CHECKSUM",
            "NO_CHECKSUM",
            "STOP_ON_ERROR",
            "MAXTRANSFERSIZE",
            "BUFFERCOUNT",
            "BLOCKSIZE",
            "MEDIANAME",
            "REWIND",
            "NOREWIND",
            "UNLOAD",
            "NOUNLOAD",
            "RESTART");

    private static final Set<String> BACKUP = with(
            "COPY_ONLY",
            "DIFFERENTIAL",
            "COMPRESSION",
            "NO_COMPRESSION",
            "FORMAT",
            "NOFORMAT",
            "INIT",
            "NOINIT",
            "SKIP",
            "NOSKIP",
            "NAME",
            "DESCRIPTION",
            "MEDIADESCRIPTION",
            "EXPIREDATE",
            "RETAINDAYS",
            "NO_ENCRYPTION",
            "NORECOVERY",
            "NO_TRUNCATE");
    private static final Set<String> RESTORE = with(
            "RECOVERY",
            "NORECOVERY",
            "REPLACE",
            "FILE",
            "MOVE",
            "STOPAT",
            "STOPATMARK",
            "STOPBEFOREMARK",
            "REKEY",
            "CONTINUE_AFTER_ERROR",
            "RESTRICTED_USER");
    private static final Set<String> INFORMATION = with("FILE", "LOADHISTORY", "MOVE");

    private final BackupServices services;
    private final SharedCatalog shared;

    public BackupCommands(BackupServices services, SharedCatalog shared) {
        this.services = services;
        this.shared = shared;
    }

    private static Set<String> with(String... more) {
        Set<String> all = new HashSet<>(COMMON);
        all.addAll(List.of(more));
        return Set.copyOf(all);
    }

    /** Runs one statement outside any transaction. */
    public CommandResult run(BackupStatement statement, BackupContext context) {
        String what = nameOf(statement);
        try {
            return switch (statement) {
                case BackupStatement.Backup backup -> backup(what, backup, context);
                case BackupStatement.Restore restore -> restore(what, restore, context);
                case BackupStatement.RestoreInformation information -> information(what, information, context);
                case BackupStatement.Detach detach -> {
                    services.attachments().detach(request(context, Options.NONE), detach.database());
                    yield CommandResult.of(what);
                }
                case BackupStatement.ForgetHistory forget -> {
                    forget(forget, context);
                    yield CommandResult.of(what);
                }
                case BackupStatement.Attach attach -> {
                    services.attachments().attach(request(context, Options.NONE), attach.database(), attach.files());
                    yield CommandResult.of(what);
                }
            };
        } catch (DatabaseException failure) {
            // What SQL Server sends as a second message.
            boolean media = switch (statement) {
                case BackupStatement.Backup _, BackupStatement.Restore _, BackupStatement.RestoreInformation _ -> true;
                case BackupStatement.Detach _, BackupStatement.Attach _, BackupStatement.ForgetHistory _ -> false;
            };
            throw media && failure.report().where() == null
                    ? failure.report()
                            .withWhere(what + " is terminating abnormally. (" + NumberedError.BACKUP_TERMINATED.number()
                                    + ")")
                            .exception(failure)
                    : failure;
        }
    }

    /** Adds a mark to {@code logmarkhistory}; its time is cut to milliseconds, so that AFTER that time finds it. */
    public void marked(KeyStatements.MarkedCommit commit) {
        SharedSnapshot head = shared.head();
        String database = head.database(commit.databaseOid())
                .map(DatabaseDefinition::name)
                .orElse("");
        services.history()
                .add(new HistoryEntry.Mark(
                        commit.commit().micros() / MILLI * MILLI,
                        database,
                        head.roleName(commit.userOid()),
                        commit.mark().name(),
                        commit.mark().description(),
                        commit.commit().lsn()));
    }

    private static String nameOf(BackupStatement statement) {
        return switch (statement) {
            case BackupStatement.Backup backup -> backup.log() ? "BACKUP LOG" : "BACKUP DATABASE";
            case BackupStatement.Restore restore -> restore.log() ? "RESTORE LOG" : "RESTORE DATABASE";
            case BackupStatement.RestoreInformation information -> "RESTORE " + information.what();
            case BackupStatement.Detach ignored -> "EXECUTE";
            case BackupStatement.ForgetHistory ignored -> "EXECUTE";
            case BackupStatement.Attach ignored -> "CREATE DATABASE";
        };
    }

    private BackupRequest request(BackupContext context, Options options) {
        KeyRequest keys = new KeyRequest(
                context.databaseOid(), context.userOid(), shared.head(), new KeySession(), context.notices());
        int stats = options.has("STATS") && options.value("STATS") == null
                ? DEFAULT_STATS
                : options.number("STATS", DEFAULT_STATS, 1, 100);
        return new BackupRequest(keys, context.connections(), stats, context.checkCancelled());
    }

    private static List<String> paths(List<Device> devices) {
        if (devices.stream().anyMatch(Device::url)) {
            throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "backup to URL is not supported yet")
                    .exception();
        }
        if (devices.size() > MAX_DEVICES) {
            throw ErrorReport.error(
                            ErrorCode.PROGRAM_LIMIT_EXCEEDED, "at most " + MAX_DEVICES + " backup devices are allowed")
                    .exception();
        }
        return devices.stream().map(Device::path).toList();
    }

    /** Entries of the history go; who may is who controls the server. */
    private void forget(BackupStatement.ForgetHistory forget, BackupContext context) {
        request(context, Options.NONE).keys().requireControlServer();
        String before = forget.before();
        if (before == null) {
            services.history().remove(entry -> entry.database().equals(forget.database()));
        } else {
            long micros = Options.time(before, context.types());
            services.history().remove(entry -> entry.finishedMicros() < micros);
        }
    }

    // ---- BACKUP

    private CommandResult backup(String what, BackupStatement.Backup backup, BackupContext context) {
        Options options = new Options(what, backup.options(), BACKUP);
        boolean differential = options.has("DIFFERENTIAL");
        if (backup.log() && differential) {
            throw NumberedError.BACKUP_OPTION_CONFLICT.exception("option DIFFERENTIAL conflicts with BACKUP LOG");
        }
        if (options.has("NORECOVERY") && !backup.log()) {
            throw NumberedError.BACKUP_OPTION_CONFLICT.exception("option NORECOVERY conflicts with BACKUP DATABASE");
        }
        BackupKind kind = backup.log() ? BackupKind.LOG : differential ? BackupKind.DIFFERENTIAL : BackupKind.DATABASE;
        BackupEncryption encryption = backup.encryption();
        BackupWish wish = new BackupWish(
                kind,
                backup.database(),
                paths(backup.devices()),
                options.has("COPY_ONLY"),
                options.has("COMPRESSION"),
                options.has("INIT"),
                options.has("FORMAT"),
                new BackupWish.Naming(
                        options.text("NAME", NAME_LENGTH),
                        options.text("DESCRIPTION", DESCRIPTION_LENGTH),
                        options.text("MEDIANAME", NAME_LENGTH),
                        options.text("MEDIADESCRIPTION", DESCRIPTION_LENGTH)),
                expires(options, context),
                encryption == null
                        ? null
                        : new BackupWish.Encryption(
                                encryption.algorithm(),
                                encryption.encryptor().asymmetricKey(),
                                encryption.encryptor().name()),
                options.has("NORECOVERY"));
        services.backups().run(request(context, options), wish);
        return CommandResult.of(what);
    }

    private long expires(Options options, BackupContext context) {
        int days = options.number("RETAINDAYS", 0, 0, 99_999);
        long now = services.keys().clock().epochMicros();
        return days > 0 ? now + days * DAY_MICROS : options.time("EXPIREDATE", context.types(), 0);
    }

    // ---- RESTORE

    private CommandResult restore(String what, BackupStatement.Restore restore, BackupContext context) {
        Options options = new Options(what, restore.options(), RESTORE);
        BackupRequest request = request(context, options);
        if (options.has("MOVE")) {
            context.notices()
                    .accept(ErrorReport.notice("MOVE has no effect: the files of a database lie in its own directory"));
        }
        boolean recovery = !options.has("NORECOVERY");
        if (options.has("REKEY") && !recovery) {
            throw NumberedError.BACKUP_OPTION_CONFLICT.exception("option REKEY conflicts with option NORECOVERY");
        }
        RestoreWish wish = new RestoreWish(
                restore.log(),
                restore.database(),
                paths(restore.devices()),
                options.number("FILE", 1, 1, Integer.MAX_VALUE),
                recovery,
                options.has("REPLACE"),
                options.has("REKEY"),
                options.has("CONTINUE_AFTER_ERROR"),
                options.has("RESTRICTED_USER"),
                stop(options, context));
        services.restores().run(request, wish);
        return CommandResult.of(what);
    }

    private static StopPoint stop(Options options, BackupContext context) {
        if (options.has("STOPAT")) {
            return new StopPoint.Time(options.time("STOPAT", context.types(), Long.MAX_VALUE));
        }
        boolean before = options.has("STOPBEFOREMARK");
        if (!before && !options.has("STOPATMARK")) {
            return new StopPoint.End();
        }
        String option = before ? "STOPBEFOREMARK" : "STOPATMARK";
        String mark = Objects.requireNonNull(options.value(option));
        if (mark.startsWith("lsn:")) {
            return new StopPoint.Lsn(lsn(mark.substring("lsn:".length())) - (before ? 1 : 0));
        }
        return new StopPoint.Mark(mark, before, options.after(option, context.types()));
    }

    private static long lsn(String text) {
        try {
            return text.startsWith("0x") ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw ErrorReport.error(ErrorCode.INVALID_PARAMETER_VALUE, "invalid LSN \"" + text + "\"")
                    .exception(e);
        }
    }

    // ---- what stands on media

    private CommandResult information(
            String what, BackupStatement.RestoreInformation information, BackupContext context) {
        Options options = new Options(what, information.options(), INFORMATION);
        BackupRequest request = request(context, options);
        List<String> paths = paths(information.devices());
        int file = options.number("FILE", 1, 1, Integer.MAX_VALUE);
        if (information.what().equals("VERIFYONLY")) {
            services.restores().verify(request, paths, file);
            return CommandResult.of(what);
        }
        List<ResultColumn> columns = Objects.requireNonNull(BackupColumns.of(information.what()));
        ResultTable table = new ResultTable(columns);
        try (MediaReader media = services.restores().inspect(request, what, paths)) {
            switch (information.what()) {
                case "HEADERONLY" -> {
                    List<MediaReader.BackupSet> sets = options.has("FILE") ? List.of(media.set(file)) : media.sets();
                    sets.forEach(set -> BackupRows.header(table, set));
                }
                case "FILELISTONLY" -> BackupRows.files(table, media.set(file).description());
                default -> BackupRows.label(table, media);
            }
        }
        return new CommandResult(what, table.columns(), table.rows());
    }
}
