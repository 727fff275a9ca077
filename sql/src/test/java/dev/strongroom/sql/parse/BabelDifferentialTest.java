package dev.strongroom.sql.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.sql.parse.statement.Query;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImpl;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.util.Litmus;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On syntax both know and mean the same by, our trees equal Calcite's Babel parser's. */
class BabelDifferentialTest {
    private static final SqlParser.Config BABEL = SqlParser.config()
            .withParserFactory(SqlBabelParserImpl.FACTORY)
            .withConformance(SqlConformanceEnum.BABEL)
            .withQuoting(Quoting.DOUBLE_QUOTE)
            .withUnquotedCasing(Casing.TO_LOWER)
            .withQuotedCasing(Casing.UNCHANGED)
            .withCaseSensitive(true);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select a, b as c from t where a = 1 and b <> 'x' or not c > 2.5",
                "select * from s.t as x where x.a between 1 and 2",
                "select t.* from t order by a desc, b nulls first limit 5 offset 2",
                "select a + b * c - d / e from t",
                "select a from t where b in (1, 2, 3) and c not in (select d from u)",
                "select a from t where exists (select 1 from u where u.x = t.x)",
                "select count(*), sum(a), count(distinct b) from t group by c, d having count(*) > 1",
                "select a from t join u on t.x = u.x left join v using (y)",
                "select a from t cross join u natural join v",
                "select a from t, u, v where t.x = u.x",
                "select a from t union all select b from u",
                "select a from t union select b from u intersect select c from v",
                "with w as (select 1 as a) select * from w",
                "with recursive w (a) as (select 1 union all select a + 1 from w) select * from w order by a",
                "values (1, 'a'), (2, 'b')",
                "select case when a = 1 then 'x' else 'y' end from t",
                "select a is null, b is not null, c is true, d is distinct from e from t",
                "select a like 'x%', b not like 'y' escape '!' from t",
                "select distinct a from t",
                "select rank() over (partition by a order by b desc) from t",
                "select sum(a) over w from t window w as (partition by b)",
                "select sum(a) filter (where b > 1) from t",
                "select * from (select a from t) as q (z)",
                "select * from t, lateral (select t.a) as q",
                "select coalesce(a, b), nullif(a, b) from t",
                "select -a, +b, not c from t",
                "select (a, b) = (1, 2) from t",
                "select a from t group by rollup (a, b)",
                "select a from t where b = any (select c from u)",
                "select array[1, 2], a[1] from t",
                "select a || b from t",
                "select null, true, false, 1.50, 'it''s'",
            })
    void treesAreEqual(String text) throws SqlParseException {
        SqlNode expected = SqlParser.create(text, BABEL).parseQuery();
        SqlNode actual = ((Query) SqlTextParser.parse(text).get(0).statement()).node();
        assertThat(actual.equalsDeep(expected, Litmus.IGNORE))
                .as("%s%nours:  %s%nbabel: %s", text, actual, expected)
                .isTrue();
    }
}
