package dev.strongroom.catalog.key;

import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Validity of a certificate, microseconds since 1970 UTC (TDE-134). Dates that make no sense warn, they do not refuse. */
public record CertificateDates(long startMicros, long expiryMicros) {
    /** Seconds from 1970 to 2000, where PostgreSQL's timestamps start. */
    private static final long EPOCH_2000_SECONDS = 946_684_800L;

    private static final long MICROS = 1_000_000L;

    /** Start defaults to now, expiry to one year after the start; X.509 keeps whole seconds. */
    public static CertificateDates of(@Nullable String start, @Nullable String expiry, long nowMicros) {
        long from = start == null ? Math.floorDiv(nowMicros, MICROS) * MICROS : parse(start);
        long to = expiry == null ? yearAfter(from) : parse(expiry);
        return new CertificateDates(from, to);
    }

    private static long parse(String text) {
        Row row = new Row(1);
        TypeCodecs.of(PgType.TIMESTAMP).parse(text.strip(), row, 0, TypeContext.DEFAULT);
        return Math.addExact(row.getLong(0), EPOCH_2000_SECONDS * MICROS);
    }

    private static long yearAfter(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS))
                        .atOffset(ZoneOffset.UTC)
                        .plus(1, ChronoUnit.YEARS)
                        .toEpochSecond()
                * MICROS;
    }

    List<ErrorReport> warnings(long nowMicros) {
        List<ErrorReport> warnings = new ArrayList<>();
        if (expiryMicros < startMicros) {
            warnings.add(
                    NumberedError.EXPIRY_BEFORE_START.report("the certificate's expiry date precedes its start date"));
        }
        if (expiryMicros < nowMicros) {
            warnings.add(NumberedError.CERTIFICATE_EXPIRED.report("the certificate you created is expired"));
        }
        if (startMicros > nowMicros) {
            warnings.add(NumberedError.CERTIFICATE_NOT_YET_VALID.report(
                    "the certificate you created is not yet valid; its start date is in the future"));
        }
        return warnings;
    }
}
