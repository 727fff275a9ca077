package dev.strongroom.crypto.kmip;

/** Operations of KMIP (Specification 1.4, 9.1.3.2.27). */
public enum KmipOperation {
    CREATE_KEY_PAIR(0x02),
    LOCATE(0x08),
    GET(0x0A),
    GET_ATTRIBUTES(0x0B),
    ACTIVATE(0x12),
    REVOKE(0x13),
    DESTROY(0x14),
    DISCOVER_VERSIONS(0x1E),
    DECRYPT(0x20),
    SIGN(0x21);

    private final int code;

    KmipOperation(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
