package dev.strongroom.protocol.flow;

import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.protocol.auth.ScramAuthenticator;
import dev.strongroom.protocol.port.SessionOpener;
import dev.strongroom.protocol.wire.WireLimits;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What every connection shares.
 *
 * @param threads runs each connection's flow to its end, one thread each
 * @param authenticationSeconds time a client has from connecting to being authenticated
 */
public record ProtocolServices(
        SessionOpener sessions,
        ScramAuthenticator authenticator,
        Supplier<TlsPolicy> tls,
        Admission admission,
        CancelRequests cancels,
        Executor threads,
        Clock clock,
        Randomness randomness,
        WireLimits limits,
        int authenticationSeconds,
        ConnectionEvents events) {}
