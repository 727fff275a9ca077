package dev.strongroom.crypto.kmip;

import java.util.ArrayList;
import java.util.List;

/**
 * An attribute of a managed object.
 *
 * @param name what versions up to 1.4 call it
 * @param value under the tag it has in version 2.0
 */
record KmipAttribute(String name, Ttlv value) {
    static final String LINK = "Link";
    static final String STATE = "State";

    static KmipAttribute code(String name, int tag, int value) {
        return new KmipAttribute(name, new Ttlv.Code(tag, value));
    }

    static KmipAttribute number(String name, int tag, int value) {
        return new KmipAttribute(name, new Ttlv.Number(tag, value));
    }

    static KmipAttribute name(String text) {
        int uninterpretedText = 1;
        return new KmipAttribute(
                "Name",
                Ttlv.structure(
                        KmipTag.NAME,
                        new Ttlv.Text(KmipTag.NAME_VALUE, text),
                        new Ttlv.Code(KmipTag.NAME_TYPE, uninterpretedText)));
    }

    /** As a request carries them: up to 1.4 structures of name and value, then the values themselves. */
    static List<Ttlv> items(KmipVersion version, List<KmipAttribute> attributes) {
        List<Ttlv> items = new ArrayList<>();
        for (KmipAttribute attribute : attributes) {
            items.add(
                    version.since(KmipVersion.V2_0)
                            ? attribute.value
                            : Ttlv.structure(
                                    KmipTag.ATTRIBUTE,
                                    new Ttlv.Text(KmipTag.ATTRIBUTE_NAME, attribute.name),
                                    Ttlv.retag(attribute.value, KmipTag.ATTRIBUTE_VALUE)));
        }
        return items;
    }
}
