package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code sp_configure} and RECONFIGURE (TDE-142). Stateless. */
public final class ServerOptions {
    /** An option that can be set to a number from 0 on. */
    public record Option(int number, String name, String description, boolean advanced, int maximum) {
        int id() {
            return OptionEntry.FIRST_ID + number;
        }
    }

    public static final Option SHOW_ADVANCED =
            new Option(518, "show advanced options", "show advanced options", false, 1);
    public static final Option EKM =
            new Option(1578, "EKM provider enabled", "Enable or disable EKM provider", true, 1);

    /** Ours: the throttle of encryption scans, while they run (TDE-303). */
    public static final Option SCAN_SPEED = new Option(
            70001, "tde scan max mb per s", "Speed limit of encryption scans in MiB/s, 0 for none", true, 100_000);

    /** Those of sys.configurations. */
    public static final List<Option> ALL = List.of(SHOW_ADVANCED, EKM, SCAN_SPEED);

    private final KeyServices services;

    ServerOptions(KeyServices services) {
        this.services = services;
    }

    public static Optional<Option> named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return ALL.stream()
                .filter(option -> option.name().toLowerCase(Locale.ROOT).equals(wanted))
                .findFirst();
    }

    /** The value in use, if it was ever set by statement. */
    public static Optional<Integer> set(KeySnapshot head, Option option) {
        return head.option(option.id()).map(OptionEntry::running);
    }

    /** The value in use. */
    public int running(Option option) {
        return set(head(), option).orElseGet(() -> initial(option));
    }

    /** The value RECONFIGURE will put into use. */
    public int configured(Option option) {
        return head().option(option.id()).map(OptionEntry::configured).orElseGet(() -> initial(option));
    }

    /** What the server's configuration says; a statement outlives it. */
    private int initial(Option option) {
        if (option.equals(SCAN_SPEED)) {
            return services.settings().scanSpeed();
        }
        return option.equals(EKM) && services.encryptors().tokens().enabled(head()) ? 1 : 0;
    }

    private KeySnapshot head() {
        return services.catalog().head();
    }

    /** EXEC sp_configure 'name', value. */
    public void configure(KeyRequest request, Option option, String value) {
        request.requireControlServer();
        int wanted = parse(option, value);
        int before = configured(option);
        services.catalog().change(head -> Change.put(new OptionEntry(option.id(), wanted, running(option))));
        request.notices()
                .accept(ErrorReport.notice("configuration option \"" + option.name() + "\" changed from " + before
                                + " to " + wanted)
                        .withHint("Run the RECONFIGURE statement to install."));
    }

    private static int parse(Option option, String value) {
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= 0 && number <= option.maximum()) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw ErrorReport.error(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "\"" + value + "\" is not a valid value for configuration option \"" + option.name() + "\"")
                .withHint("It is a number from 0 to " + option.maximum() + ".")
                .exception();
    }

    /** RECONFIGURE. */
    public void reconfigure(KeyRequest request) {
        request.requireControlServer();
        KeySnapshot changed = services.catalog()
                .change(head -> new Change(
                        ALL.stream()
                                .flatMap(option -> head.option(option.id()).stream())
                                .map(option -> new OptionEntry(option.id(), option.configured(), option.configured()))
                                .toList(),
                        List.of()));
        set(changed, SCAN_SPEED)
                .ifPresent(speed -> services.databases()
                        .open()
                        .forEach(database ->
                                services.databases().find(database).ifPresent(control -> control.throttle(speed))));
    }
}
