package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code sp_configure} and RECONFIGURE (TDE-142). Stateless. */
public final class ServerOptions {
    /** An option that can be set: on or off. */
    public record Option(int number, String name, String description, boolean advanced) {
        int id() {
            return OptionEntry.FIRST_ID + number;
        }
    }

    public static final Option SHOW_ADVANCED = new Option(518, "show advanced options", "show advanced options", false);
    public static final Option EKM = new Option(1578, "EKM provider enabled", "Enable or disable EKM provider", true);

    /** Those of sys.configurations. */
    public static final List<Option> ALL = List.of(SHOW_ADVANCED, EKM);

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

    /** The value in use. */
    public static int running(KeySnapshot head, Option option) {
        return head.option(option.id()).map(OptionEntry::running).orElse(0);
    }

    /** The value RECONFIGURE will put into use. */
    public static int configured(KeySnapshot head, Option option) {
        return head.option(option.id()).map(OptionEntry::configured).orElse(0);
    }

    /** EXEC sp_configure 'name', value. */
    public void configure(KeyRequest request, Option option, String value) {
        request.requireControlServer();
        int wanted = switch (value.strip()) {
            case "0" -> 0;
            case "1" -> 1;
            default ->
                throw ErrorReport.error(
                                ErrorCode.INVALID_PARAMETER_VALUE,
                                "\"" + value + "\" is not a valid value for configuration option \"" + option.name()
                                        + "\"")
                        .exception();
        };
        int before = configured(services.catalog().head(), option);
        services.catalog().change(head -> Change.put(new OptionEntry(option.id(), wanted, running(head, option))));
        request.notices()
                .accept(ErrorReport.notice("configuration option \"" + option.name() + "\" changed from " + before
                                + " to " + wanted)
                        .withHint("Run the RECONFIGURE statement to install."));
    }

    /** RECONFIGURE. */
    public void reconfigure(KeyRequest request) {
        request.requireControlServer();
        services.catalog()
                .change(head -> new Change(
                        ALL.stream()
                                .flatMap(option -> head.option(option.id()).stream())
                                .map(option -> new OptionEntry(option.id(), option.configured(), option.configured()))
                                .toList(),
                        List.of()));
    }
}
