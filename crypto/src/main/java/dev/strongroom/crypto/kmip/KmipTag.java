package dev.strongroom.crypto.kmip;

/** Tags of KMIP (Specification 1.4, 9.1.3.1; the last four are those of 2.0). */
public final class KmipTag {
    public static final int ATTRIBUTE = 0x420008;
    public static final int ATTRIBUTE_NAME = 0x42000A;
    public static final int ATTRIBUTE_VALUE = 0x42000B;
    public static final int AUTHENTICATION = 0x42000C;
    public static final int BATCH_COUNT = 0x42000D;
    public static final int BATCH_ITEM = 0x42000F;
    public static final int COMMON_TEMPLATE_ATTRIBUTE = 0x42001F;
    public static final int CREDENTIAL = 0x420023;
    public static final int CREDENTIAL_TYPE = 0x420024;
    public static final int CREDENTIAL_VALUE = 0x420025;
    public static final int CRYPTOGRAPHIC_ALGORITHM = 0x420028;
    public static final int CRYPTOGRAPHIC_LENGTH = 0x42002A;
    public static final int CRYPTOGRAPHIC_PARAMETERS = 0x42002B;
    public static final int CRYPTOGRAPHIC_USAGE_MASK = 0x42002C;
    public static final int HASHING_ALGORITHM = 0x420038;
    public static final int KEY_BLOCK = 0x420040;
    public static final int KEY_FORMAT_TYPE = 0x420042;
    public static final int KEY_MATERIAL = 0x420043;
    public static final int KEY_VALUE = 0x420045;
    public static final int LINK = 0x42004A;
    public static final int LINK_TYPE = 0x42004B;
    public static final int LINKED_OBJECT_IDENTIFIER = 0x42004C;
    public static final int MODULUS = 0x420052;
    public static final int NAME = 0x420053;
    public static final int NAME_TYPE = 0x420054;
    public static final int NAME_VALUE = 0x420055;
    public static final int OBJECT_TYPE = 0x420057;
    public static final int OPERATION = 0x42005C;
    public static final int PADDING_METHOD = 0x42005F;
    public static final int PRIVATE_KEY_TEMPLATE_ATTRIBUTE = 0x420065;
    public static final int PRIVATE_KEY_UNIQUE_IDENTIFIER = 0x420066;
    public static final int PROTOCOL_VERSION = 0x420069;
    public static final int PROTOCOL_VERSION_MAJOR = 0x42006A;
    public static final int PROTOCOL_VERSION_MINOR = 0x42006B;
    public static final int PUBLIC_EXPONENT = 0x42006C;
    public static final int PUBLIC_KEY = 0x42006D;
    public static final int PUBLIC_KEY_TEMPLATE_ATTRIBUTE = 0x42006E;
    public static final int PUBLIC_KEY_UNIQUE_IDENTIFIER = 0x42006F;
    public static final int REQUEST_HEADER = 0x420077;
    public static final int REQUEST_MESSAGE = 0x420078;
    public static final int REQUEST_PAYLOAD = 0x420079;
    public static final int RESPONSE_HEADER = 0x42007A;
    public static final int RESPONSE_MESSAGE = 0x42007B;
    public static final int RESPONSE_PAYLOAD = 0x42007C;
    public static final int RESULT_REASON = 0x42007E;
    public static final int RESULT_STATUS = 0x42007F;
    public static final int REVOCATION_REASON = 0x420081;
    public static final int REVOCATION_REASON_CODE = 0x420082;
    public static final int STATE = 0x42008D;
    public static final int UNIQUE_IDENTIFIER = 0x420094;
    public static final int USERNAME = 0x420099;
    public static final int PASSWORD = 0x4200A1;
    public static final int DATA = 0x4200C2;
    public static final int SIGNATURE_DATA = 0x4200C3;
    public static final int SALT_LENGTH = 0x420100;
    public static final int MASK_GENERATOR = 0x420101;
    public static final int MASK_GENERATOR_HASHING_ALGORITHM = 0x420102;
    public static final int ATTRIBUTES = 0x420125;
    public static final int COMMON_ATTRIBUTES = 0x420126;
    public static final int PRIVATE_KEY_ATTRIBUTES = 0x420127;
    public static final int PUBLIC_KEY_ATTRIBUTES = 0x420128;
    public static final int ATTRIBUTE_REFERENCE = 0x42013B;

    private KmipTag() {}
}
