package dev.strongroom.sql.parse.statement;

/** Kinds of objects, with PostgreSQL's words for them. */
public enum ObjectKind {
    TABLE("table"),
    INDEX("index"),
    VIEW("view"),
    MATERIALIZED_VIEW("materialized view"),
    SEQUENCE("sequence"),
    SCHEMA("schema"),
    DATABASE("database"),
    ROLE("role"),
    COLUMN("column"),
    CONSTRAINT("constraint"),
    FUNCTION("function"),
    PROCEDURE("procedure"),
    AGGREGATE("aggregate"),
    OPERATOR("operator"),
    TYPE("type"),
    DOMAIN("domain"),
    TRIGGER("trigger"),
    EXTENSION("extension"),
    TABLESPACE("tablespace"),
    LANGUAGE("language"),
    COLLATION("collation"),
    POLICY("policy"),
    RULE("rule"),
    PUBLICATION("publication"),
    SUBSCRIPTION("subscription"),
    CERTIFICATE("certificate"),
    ASYMMETRIC_KEY("asymmetric key"),
    SYMMETRIC_KEY("symmetric key"),
    CRYPTOGRAPHIC_PROVIDER("cryptographic provider"),
    LARGE_OBJECT("large object"),
    OTHER("object");

    private final String word;

    ObjectKind(String word) {
        this.word = word;
    }

    /** As in messages: {@code "t" is not a view}. */
    public String word() {
        return word;
    }

    /** As in command tags: {@code DROP MATERIALIZED VIEW}. */
    public String tag() {
        return name().replace('_', ' ');
    }
}
