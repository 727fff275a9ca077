package dev.strongroom.server.admin;

/** The page a person sees who opens the HTTP port in a browser. */
final class StatusPage {
    private StatusPage() {}

    static String html(String status) {
        String safe = status.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>Strongroom</title>
                <style>body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:3rem auto;padding:0 1rem}
                pre{background:#f4f4f4;padding:1rem;overflow:auto}</style></head>
                <body><h1>Strongroom</h1><pre>%s</pre>
                <p><a href="/health/ready">ready</a> · <a href="/metrics">metrics</a></p></body></html>
                """.formatted(safe);
    }
}
