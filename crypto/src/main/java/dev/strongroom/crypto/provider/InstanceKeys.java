package dev.strongroom.crypto.provider;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.hierarchy.WrapLabel;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.crypto.provider.InstanceRecord.Stored;
import dev.strongroom.crypto.provider.InstanceRecord.Wrap;
import dev.strongroom.crypto.seal.SelfTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The service master key of one data directory, opened. The two slots {@code instance.0} and {@code instance.1} are written
 * in turn and synced, so a crash while writing leaves the other. One instance per process; calls that change the record are
 * synchronised and rare.
 */
public final class InstanceKeys implements AutoCloseable {
    private static final byte[] NOTHING = {};
    private static final String[] SLOTS = {"instance.0", "instance.1"};

    private final StorageFiles files;
    private final Randomness randomness;
    private final List<RootProvider> providers;
    private final KeyBuffer instanceSecret;
    private final MacKey instanceKey;
    private ServiceMasterKey serviceKey;
    private @Nullable ServiceMasterKey former;
    private InstanceRecord record;

    private InstanceKeys(
            StorageFiles files,
            Randomness randomness,
            List<RootProvider> providers,
            ServiceMasterKey serviceKey,
            KeyBuffer instanceSecret,
            InstanceRecord record) {
        this.files = files;
        this.randomness = randomness;
        this.providers = new ArrayList<>(providers);
        this.serviceKey = serviceKey;
        this.instanceSecret = instanceSecret;
        this.instanceKey = new MacKey(instanceSecret.duplicate());
        this.record = record;
    }

    /** Whether the directory was initialised. */
    public static boolean exist(StorageFiles files) {
        return files.exists(SLOTS[0]) || files.exists(SLOTS[1]);
    }

    /**
     * Makes the service master key of an empty data directory; the only moment at which a root is created (TDE-115). Runs
     * the self-test of the cryptography first (TDE-523).
     */
    public static InstanceKeys create(
            StorageFiles files, List<RootProvider> providers, Randomness randomness, Clock clock) {
        if (exist(files)) {
            throw new IllegalStateException("the data directory already has an instance record");
        }
        SelfTest.run(randomness);
        for (RootProvider provider : providers) {
            provider.prepareFirstStart(randomness);
        }
        long now = clock.epochMicros();
        ServiceMasterKey key = ServiceMasterKey.generate(randomness, now);
        // Seconds in the upper half, as PostgreSQL builds its identifier; chance below.
        long identifier = (Math.floorDiv(now, 1_000_000) << 32) | (randomness.nextLong() & 0xFFFF_FFFFL);
        InstanceRecord empty = new InstanceRecord(
                0, KeyObject.newGuid(randomness), identifier, key.guid(), now, List.of(), NOTHING, NOTHING);
        InstanceKeys keys = new InstanceKeys(files, randomness, providers, key, key.instanceSecret(), empty);
        keys.write(keys.wrapsOf(providers, key));
        return keys;
    }

    /**
     * Opens the service master key with the first provider that can. Failures of others are reported as 33095; 91005 if
     * none can. The self-test runs first (TDE-523). Wraps for providers that
     * have none yet are added, those of providers no longer configured are dropped.
     */
    public static InstanceKeys open(
            StorageFiles files, List<RootProvider> providers, Randomness randomness, Consumer<ErrorReport> log) {
        SelfTest.run(randomness);
        Stored stored = readNewest(files)
                .orElseThrow(() -> NumberedError.ROOT_UNAVAILABLE.exception(
                        "the instance record of the data directory is missing or damaged"));
        InstanceRecord record = stored.record();
        ServiceMasterKey key = null;
        DatabaseException lastFailure = null;
        for (RootProvider provider : providers) {
            if (!hasWrapOfKind(record, provider)) {
                continue;
            }
            try {
                ServiceMasterKey opened = unwrap(record, provider);
                if (key == null) {
                    key = opened;
                } else {
                    opened.close();
                }
            } catch (DatabaseException e) {
                lastFailure = e;
                log.accept(NumberedError.ROOT_WRAP_FAILED.report(e.report().message()));
            }
        }
        if (key == null) {
            throw noneOpens(lastFailure);
        }
        ServiceMasterKey newest = key;
        KeyBuffer secret = record.instanceKey().length == 0
                ? newest.instanceSecret()
                : newest.wrapping()
                        .unwrap(record.instanceKey(), KeyObject.INSTANCE_KEY, record.instanceId(), NOTHING)
                        .orElseThrow(InstanceKeys::changed);
        InstanceKeys keys = new InstanceKeys(files, randomness, providers, newest, secret, record);
        if (!stored.authentic(keys.instanceKey)) {
            keys.close();
            throw changed();
        }
        if (record.formerKey().length > 0) {
            keys.former = unwrapFormer(record, newest);
        }
        keys.refreshWraps(providers, log);
        return keys;
    }

    private static DatabaseException changed() {
        return NumberedError.ROOT_UNAVAILABLE.exception("the instance record was changed by someone else");
    }

    private static ServiceMasterKey unwrapFormer(InstanceRecord record, ServiceMasterKey newest) {
        ByteBuffer carried = ByteBuffer.wrap(record.formerKey());
        UUID guid = new UUID(carried.getLong(), carried.getLong());
        long created = carried.getLong();
        byte[] wrapped = new byte[carried.remaining()];
        carried.get(wrapped);
        return newest.wrapping()
                .unwrap(wrapped, KeyObject.SERVICE_MASTER_KEY, guid, NOTHING)
                .map(secret -> new ServiceMasterKey(guid, created, secret))
                .orElseThrow(InstanceKeys::changed);
    }

    private byte[] wrapFormer(ServiceMasterKey old, ServiceMasterKey fresh) {
        byte[] wrapped =
                fresh.wrapping().wrap(old.secret(), KeyObject.SERVICE_MASTER_KEY, old.guid(), NOTHING, randomness);
        return ByteBuffer.allocate(3 * Long.BYTES + wrapped.length)
                .put(KeyObject.guidBytes(old.guid()))
                .putLong(old.createdMicros())
                .put(wrapped)
                .array();
    }

    private static DatabaseException noneOpens(@Nullable DatabaseException lastFailure) {
        ErrorReport report = NumberedError.ROOT_UNAVAILABLE
                .report("no root provider opens the service master key"
                        + (lastFailure == null
                                ? ""
                                : ": " + lastFailure.report().message()))
                .withHint("Bring back the root key this data directory was initialised with; no new one is ever made"
                        + " for an existing directory.");
        return lastFailure == null ? report.exception() : report.exception(lastFailure);
    }

    private static ServiceMasterKey unwrap(InstanceRecord record, RootProvider provider) {
        DatabaseException failure = null;
        boolean found = false;
        for (int pass = 0; pass < 2; pass++) {
            for (Wrap wrap : record.wraps()) {
                boolean exact = wrap.specification().equals(provider.specification());
                boolean sameKind = wrap.specification().startsWith(provider.kind() + ":");
                // A root that moved still opens its wrap, so others of its kind are tried after its own.
                if (pass == 0 ? exact : sameKind && !exact && !found) {
                    try {
                        KeyBuffer secret = provider.unwrap(wrap.wrapped(), label(record.keyGuid()));
                        return new ServiceMasterKey(record.keyGuid(), record.keyCreatedMicros(), secret);
                    } catch (DatabaseException e) {
                        failure = e;
                    }
                    found |= exact;
                }
            }
        }
        throw failure != null
                ? failure
                : RootFailure.unavailable(
                        provider.specification(), "the instance record holds no wrap by this provider");
    }

    private static byte[] label(UUID keyGuid) {
        return new WrapLabel(KeyObject.SERVICE_MASTER_KEY, keyGuid, WrapLabel.NO_PARENT).bytes();
    }

    private void refreshWraps(List<RootProvider> providers, Consumer<ErrorReport> log) {
        List<Wrap> wanted = new ArrayList<>();
        boolean changed = false;
        for (RootProvider provider : providers) {
            Optional<Wrap> present = record.wraps().stream()
                    .filter(wrap -> wrap.specification().equals(provider.specification()))
                    .findFirst();
            if (present.isPresent()) {
                wanted.add(present.get());
            } else {
                try {
                    if (!hasWrapOfKind(record, provider)) {
                        provider.prepareFirstStart(randomness);
                    }
                    wanted.add(wrapBy(provider, serviceKey));
                    changed = true;
                } catch (DatabaseException e) {
                    log.accept(NumberedError.ROOT_WRAP_FAILED.report(e.report().message()));
                }
            }
        }
        if (changed || wanted.size() != record.wraps().size()) {
            write(wanted);
        }
    }

    private static boolean hasWrapOfKind(InstanceRecord record, RootProvider provider) {
        return record.wraps().stream().anyMatch(wrap -> wrap.specification().startsWith(provider.kind() + ":"));
    }

    private List<Wrap> wrapsOf(List<RootProvider> providers, ServiceMasterKey key) {
        return providers.stream().map(provider -> wrapBy(provider, key)).toList();
    }

    private Wrap wrapBy(RootProvider provider, ServiceMasterKey key) {
        byte[] wrapped = provider.wrap(key.secret(), label(key.guid()), randomness);
        try (KeyBuffer opened = provider.unwrap(wrapped, label(key.guid()))) {
            if (!opened.sameAs(key.secret())) {
                throw RootFailure.doesNotFit(provider.specification());
            }
        }
        return new Wrap(provider.specification(), wrapped);
    }

    public synchronized ServiceMasterKey serviceKey() {
        return serviceKey;
    }

    /** The keys that wraps may be under: the service master key, and the one before while it is being replaced. */
    public synchronized List<ServiceMasterKey> openers() {
        ServiceMasterKey old = former;
        return old == null ? List.of(serviceKey) : List.of(serviceKey, old);
    }

    /** Authenticates the boot records of all databases (S-2); stays when the service master key changes. */
    public MacKey instanceKey() {
        return instanceKey;
    }

    /** Whether a former key still opens wraps that are to be made anew. */
    public synchronized boolean replacing() {
        return former != null;
    }

    /**
     * Makes another key the service master key, in one durable step; the one before stays at hand until
     * {@link #finishReplacing}. Takes over {@code fresh}.
     */
    public synchronized void replace(ServiceMasterKey fresh) {
        if (former != null) {
            throw NumberedError.SERVICE_KEY_UNUSABLE.exception(
                    "the service master key is being replaced already; restart the server to finish that");
        }
        byte[] instance =
                fresh.wrapping().wrap(instanceSecret, KeyObject.INSTANCE_KEY, record.instanceId(), NOTHING, randomness);
        write(new InstanceRecord(
                record.sequence() + 1,
                record.instanceId(),
                record.systemIdentifier(),
                fresh.guid(),
                fresh.createdMicros(),
                wrapsOf(providers, fresh),
                instance,
                wrapFormer(serviceKey, fresh)));
        former = serviceKey;
        serviceKey = fresh;
    }

    /** Everything is under the new key: forgets the one before. */
    public synchronized void finishReplacing() {
        ServiceMasterKey old = former;
        if (old != null) {
            // Twice, so that neither slot names the former key any more.
            for (int slot = 0; slot < SLOTS.length; slot++) {
                write(new InstanceRecord(
                        record.sequence() + 1,
                        record.instanceId(),
                        record.systemIdentifier(),
                        record.keyGuid(),
                        record.keyCreatedMicros(),
                        record.wraps(),
                        record.instanceKey(),
                        NOTHING));
            }
            former = null;
            old.close();
        }
    }

    public synchronized UUID instanceId() {
        return record.instanceId();
    }

    public synchronized long systemIdentifier() {
        return record.systemIdentifier();
    }

    /** The specifications of the root providers that hold a wrap. */
    public synchronized List<String> roots() {
        return record.wraps().stream().map(Wrap::specification).toList();
    }

    /** ALTER SERVICE MASTER KEY ADD ENCRYPTION BY MACHINE KEY; 15455 if it is there. */
    public synchronized void addRoot(RootProvider provider) {
        if (roots().contains(provider.specification())) {
            throw NumberedError.MACHINE_WRAP_EXISTS.exception(
                    "the service master key is already encrypted by \"" + provider.specification() + "\"");
        }
        List<Wrap> wraps = new ArrayList<>(record.wraps());
        wraps.add(wrapBy(provider, serviceKey));
        write(wraps);
        providers.add(provider);
    }

    /** ALTER SERVICE MASTER KEY DROP ENCRYPTION BY MACHINE KEY; the last one stays. */
    public synchronized void dropRoot(String specification) {
        List<Wrap> wraps = record.wraps().stream()
                .filter(wrap -> !wrap.specification().equals(specification))
                .toList();
        if (wraps.size() == record.wraps().size() || wraps.isEmpty()) {
            throw NumberedError.NO_MACHINE_WRAP.exception(
                    "the encryption of the service master key by \"" + specification + "\" cannot be dropped");
        }
        write(wraps);
        providers.removeIf(provider -> provider.specification().equals(specification));
    }

    private void write(List<Wrap> wraps) {
        write(new InstanceRecord(
                record.sequence() + 1,
                record.instanceId(),
                record.systemIdentifier(),
                serviceKey.guid(),
                serviceKey.createdMicros(),
                List.copyOf(wraps),
                record.instanceKey(),
                record.formerKey()));
    }

    private void write(InstanceRecord next) {
        byte[] encoded = next.encode(instanceKey);
        String slot = SLOTS[(int) (next.sequence() & 1)];
        boolean created = !files.exists(slot);
        try (StorageFile file = created ? files.create(slot) : files.open(slot)) {
            file.write(ByteBuffer.wrap(encoded), 0);
            file.sync();
        }
        if (created) {
            files.syncDirectory("");
        }
        record = next;
    }

    private static Optional<Stored> readNewest(StorageFiles files) {
        Stored newest = null;
        for (String slot : SLOTS) {
            if (files.exists(slot)) {
                Optional<Stored> read = InstanceRecord.decode(readAll(files, slot));
                if (read.isPresent()
                        && (newest == null
                                || read.get().record().sequence()
                                        > newest.record().sequence())) {
                    newest = read.get();
                }
            }
        }
        return Optional.ofNullable(newest);
    }

    private static byte[] readAll(StorageFiles files, String slot) {
        try (StorageFile file = files.open(slot)) {
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(file.size(), InstanceRecord.MAX_BYTES));
            file.read(buffer, 0);
            return buffer.array();
        }
    }

    @Override
    public synchronized void close() {
        openers().forEach(ServiceMasterKey::close);
        instanceKey.close();
        instanceSecret.close();
    }
}
