package dev.strongroom.sql.parse;

/** The parts of the grammar that call one another, over one text. */
final class ParserContext {
    final TokenStream tokens;
    final TypeParser types;
    final ExpressionParser expressions;
    final FunctionParser functions;
    final QueryParser queries;
    final FromParser from;
    final ModificationParser modifications;

    ParserContext(String text) {
        tokens = new TokenStream(text);
        types = new TypeParser(tokens);
        expressions = new ExpressionParser(this);
        functions = new FunctionParser(this);
        queries = new QueryParser(this);
        from = new FromParser(this);
        modifications = new ModificationParser(this);
    }
}
