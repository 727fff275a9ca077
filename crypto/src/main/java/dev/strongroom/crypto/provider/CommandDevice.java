package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.type.JsonText;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.provider.TokenFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A program of the administrator's that uses a key store we do not know (TDE-143). Each use runs it once, with one
/// JSON object
/// on standard input, and one on standard output:
///
/// ```text
/// {"operation":"find","key":LABEL,"secret":SECRET}                       {"public_key":PEM}
/// {"operation":"create","key":LABEL,"bits":3072,"secret":SECRET}         {"public_key":PEM}
/// {"operation":"remove","key":LABEL,"secret":SECRET}                     {}
/// {"operation":"decrypt","key":LABEL,"data":BASE64,"secret":SECRET}      {"data":BASE64}
/// {"operation":"sign","key":LABEL,"data":BASE64,"secret":SECRET}         {"data":BASE64}
/// ```
///
/// decrypt undoes RSA-OAEP with SHA-256, MGF1-SHA-256 and no label; sign is RSASSA-PSS with SHA-256 and a salt of 32
/// bytes. What
/// goes wrong is told by `{"error":"missing"|"exists"|"denied"|"unavailable"}` with exit code 0. Nothing is passed as
/// an
/// argument, where other users of the machine could read it; no shell is involved. Thread-safe.
public final class CommandDevice implements KeyDevice {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String program;
    private final Duration timeout;

    public CommandDevice(String program) {
        this(program, TIMEOUT);
    }

    CommandDevice(String program, Duration timeout) {
        this.program = program;
        this.timeout = timeout;
    }

    @Override
    public RSAPublicKey find(String label, KeyBuffer secret) {
        return publicKey(ask("find", label, Map.of(), secret));
    }

    @Override
    public RSAPublicKey create(String label, int bits, KeyBuffer secret, Randomness randomness, long nowMicros) {
        return publicKey(ask("create", label, Map.of("bits", Integer.toString(bits)), secret));
    }

    @Override
    public void remove(String label, KeyBuffer secret) {
        ask("remove", label, Map.of(), secret);
    }

    @Override
    public boolean undoesPadding() {
        return true;
    }

    @Override
    public byte[] decrypt(Used key, byte[] block) {
        return data("decrypt", key, block);
    }

    @Override
    public byte[] sign(Used key, byte[] content) {
        return data("sign", key, content);
    }

    private byte[] data(String operation, Used key, byte[] input) {
        Map<?, ?> answer = ask(operation, key.label(), Map.of("data", quoted(base64(input))), key.secret());
        if (answer.get("data") instanceof String text) {
            return DeviceAnswers.bytes(text);
        }
        throw new TokenFailure(Reason.OPERATION, "the command's answer has no data");
    }

    private static RSAPublicKey publicKey(Map<?, ?> answer) {
        if (answer.get("public_key") instanceof String pem) {
            return DeviceAnswers.publicKey(pem);
        }
        throw new TokenFailure(Reason.OPERATION, "the command's answer has no public_key");
    }

    /** @param fields values as JSON */
    private Map<?, ?> ask(String operation, String label, Map<String, String> fields, KeyBuffer secret) {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("operation", quoted(operation));
        request.put("key", quoted(label));
        request.putAll(fields);
        request.put("secret", quoted(secret.use(bytes -> new String(bytes, StandardCharsets.UTF_8))));
        StringBuilder text = new StringBuilder();
        request.forEach((name, value) -> text.append(text.isEmpty() ? '{' : ',')
                .append(quoted(name))
                .append(':')
                .append(value));
        byte[] input = text.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
        try {
            byte[] output = ExternalProgram.run(List.of(program), input, timeout);
            Map<?, ?> answer = DeviceAnswers.object(new String(output, StandardCharsets.UTF_8));
            Arrays.fill(output, (byte) 0);
            refused(answer.get("error"));
            return answer;
        } catch (ExternalProgram.Failed e) {
            throw new TokenFailure(Reason.SESSION, String.valueOf(e.getMessage()), e);
        } finally {
            Arrays.fill(input, (byte) 0);
        }
    }

    private static void refused(@Nullable Object error) {
        if (error == null) {
            return;
        }
        Reason reason = switch (error.toString()) {
            case "missing" -> Reason.KEY_MISSING;
            case "exists" -> Reason.KEY_EXISTS;
            case "denied", "unavailable" -> Reason.SESSION;
            default -> Reason.OPERATION;
        };
        throw new TokenFailure(reason, "the command refused");
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder();
        JsonText.quote(text, out);
        return out.toString();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
