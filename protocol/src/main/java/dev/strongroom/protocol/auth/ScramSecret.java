package dev.strongroom.protocol.auth;

/** What the server keeps of a password (RFC 5802): enough to verify a proof, not to make one. */
public record ScramSecret(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {}
