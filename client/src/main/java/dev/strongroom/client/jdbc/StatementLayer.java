package dev.strongroom.client.jdbc;

import dev.strongroom.client.ColumnEncryptionSetting;
import dev.strongroom.client.SrStatement;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.key.ColumnKeyProvider;
import dev.strongroom.client.key.KeyProviders;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.postgresql.core.BaseStatement;

/** A statement whose results are decrypted. Its texts have no parameters, so there is nothing to encrypt. */
class StatementLayer extends Layer {
    private static final Pattern HINT =
            Pattern.compile("/\\*\\+\\s*ae\\s*\\(\\s*(on|off|results)\\s*\\)\\s*\\*/", Pattern.CASE_INSENSITIVE);

    /** Methods that run the text in their first argument, or keep it for a batch. */
    private static final Route RUN_TEXT = (layer, method, arguments) -> {
        StatementLayer statement = (StatementLayer) layer;
        if (arguments != null && arguments[0] instanceof String sql) {
            statement.lastText = StatementForm.of(sql);
            statement.session.checkText(sql);
        }
        return statement.wrapped(method.invoke(statement.below(), arguments));
    };

    private static final Route RESULT =
            (layer, method, arguments) -> ((StatementLayer) layer).wrapped(method.invoke(layer.below(), arguments));

    final Session session;
    private final Statement below;
    private final Connection owner;
    private ColumnEncryptionSetting setting = ColumnEncryptionSetting.USE_CONNECTION_SETTING;
    private @Nullable StatementForm hintedForm;
    private Optional<ColumnEncryptionSetting> hint = Optional.empty();
    private KeyProviders providers;
    private @Nullable Statement facade;
    private @Nullable StatementForm lastText;
    private final Set<Integer> forced = new HashSet<>();
    private final Set<Integer> markedPlain = new HashSet<>();

    StatementLayer(Statement below, Session session, Connection owner) {
        this.below = below;
        this.session = session;
        this.owner = owner;
        this.providers = session.providers();
    }

    @Override
    Statement below() {
        return below;
    }

    @Override
    @Nullable
    Route family(Method method) {
        String name = method.getName();
        Class<?>[] types = method.getParameterTypes();
        if ((name.startsWith("execute") || name.equals("addBatch")) && types.length > 0 && types[0] == String.class) {
            return RUN_TEXT;
        }
        return method.getReturnType() == ResultSet.class ? RESULT : null;
    }

    /** Lays decryption over a result set; everything else stays what it is. */
    @Nullable
    Object wrapped(@Nullable Object result) throws SQLException {
        return result instanceof ResultSet rows ? over(rows) : result;
    }

    ResultSet over(ResultSet rows) throws SQLException {
        return ResultLayer.over(rows, this);
    }

    /** What kind of statement this is. */
    Class<? extends Statement> kind() {
        return Statement.class;
    }

    /** The statement the application holds. */
    final Statement facade() {
        Statement known = facade;
        if (known == null) {
            known = facade(kind(), PGStatement.class, SrStatement.class);
            facade = known;
        }
        return known;
    }

    KeyProviders providers() {
        return providers;
    }

    BaseStatement base() throws SQLException {
        return below.unwrap(BaseStatement.class);
    }

    /** The text that is running, for questions about its result columns. */
    @Nullable
    StatementForm form() {
        return lastText;
    }

    Connection getConnection() {
        return owner;
    }

    void setColumnEncryption(ColumnEncryptionSetting wanted) throws SQLException {
        setting = wanted;
    }

    /** The statement's own setting, else a hint in its text, else the connection's. */
    ColumnEncryptionSetting getColumnEncryption() {
        if (setting != ColumnEncryptionSetting.USE_CONNECTION_SETTING) {
            return setting;
        }
        StatementForm form = form();
        if (form == null) {
            return session.setting();
        }
        if (form != hintedForm) {
            hintedForm = form;
            hint = hinted(form.sql());
        }
        return hint.orElseGet(session::setting);
    }

    private static Optional<ColumnEncryptionSetting> hinted(String sql) {
        if (!sql.contains("/*+")) {
            return Optional.empty();
        }
        Matcher matcher = HINT.matcher(sql);
        if (!matcher.find()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (matcher.group(1).toLowerCase(Locale.ROOT)) {
                    case "on" -> ColumnEncryptionSetting.ENABLED;
                    case "results" -> ColumnEncryptionSetting.RESULTSET_ONLY;
                    default -> ColumnEncryptionSetting.DISABLED;
                });
    }

    void setForceEncryption(int parameterIndex, boolean force) throws SQLException {
        if (force) {
            forced.add(parameterIndex);
        } else {
            forced.remove(parameterIndex);
        }
    }

    void setPlaintext(int parameterIndex) throws SQLException {
        markedPlain.add(parameterIndex);
    }

    Set<Integer> forced() {
        return forced;
    }

    Set<Integer> markedPlain() {
        return markedPlain;
    }

    void registerColumnKeyProvider(ColumnKeyProvider provider) throws ColumnEncryptionException {
        if (providers == session.providers()) {
            providers = providers.inner();
        }
        providers.register(provider);
    }

    <T> T unwrap(Class<T> type) throws SQLException {
        return type == SrStatement.class ? type.cast(facade()) : below.unwrap(type);
    }

    boolean isWrapperFor(Class<?> type) throws SQLException {
        return type == SrStatement.class || below.isWrapperFor(type);
    }
}
