package dev.strongroom.crypto.kmip;

import java.util.List;
import java.util.Optional;

/** A version of the protocol this client speaks, oldest first. */
public enum KmipVersion {
    V1_2(1, 2),
    V1_3(1, 3),
    V1_4(1, 4),
    V2_0(2, 0),
    V2_1(2, 1);

    private final int major;
    private final int minor;

    KmipVersion(int major, int minor) {
        this.major = major;
        this.minor = minor;
    }

    /** As people write it, "1.4". */
    public static Optional<KmipVersion> of(String text) {
        return List.of(values()).stream()
                .filter(version -> text.equals(version.major + "." + version.minor))
                .findFirst();
    }

    /** Of a Protocol Version structure; empty for one this client does not speak. */
    static Optional<KmipVersion> of(Ttlv.Structure item) {
        return of(item.number(KmipTag.PROTOCOL_VERSION_MAJOR) + "." + item.number(KmipTag.PROTOCOL_VERSION_MINOR));
    }

    boolean since(KmipVersion other) {
        return compareTo(other) >= 0;
    }

    Ttlv.Structure item() {
        return Ttlv.structure(
                KmipTag.PROTOCOL_VERSION,
                new Ttlv.Number(KmipTag.PROTOCOL_VERSION_MAJOR, major),
                new Ttlv.Number(KmipTag.PROTOCOL_VERSION_MINOR, minor));
    }
}
