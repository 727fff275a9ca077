# Strongroom in a container. Build: docker build -t strongroom .
# Both base images are arguments, so that a site can use its own.
ARG BUILD_IMAGE=maven:3-eclipse-temurin-25
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY . .
RUN mvn -q -B -Dquick -DwithoutTests -Dmaven.test.skip=true -pl server -am package \
        dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=/dist/lib \
    && cp server/target/strongroom-server-*.jar /dist/lib/ \
    && cp docker/entrypoint docker/healthcheck server/java.options /dist/ && chmod 0755 /dist/entrypoint /dist/healthcheck

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="Strongroom" \
      org.opencontainers.image.description="SQL database server with the PostgreSQL protocol and encryption done properly" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 strongroom \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin strongroom \
    && mkdir -p /data /keys && chown 10001:10001 /data /keys && chmod 0700 /data /keys
COPY --from=build /dist /opt/strongroom
# The image's own Java writes down what a server needs, for a fast start; without it the server is merely slower at first.
RUN STRONGROOM_JAVA_OPTIONS=-XX:AOTCacheOutput=/opt/strongroom/strongroom.aot /opt/strongroom/entrypoint train \
    || rm -f /opt/strongroom/strongroom.aot
# The data directory and the root key are kept apart: a thief of one volume has nothing.
ENV STRONGROOM_DATA=/data/db \
    STRONGROOM_HOST=0.0.0.0 \
    STRONGROOM_PORT=5432 \
    STRONGROOM_HTTP_PORT=8432 \
    STRONGROOM_ROOT_PROVIDERS=file:/keys/root.key \
    STRONGROOM_LOG_FORMAT=json
VOLUME ["/data", "/keys"]
EXPOSE 5432
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/opt/strongroom/healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/strongroom/entrypoint"]
CMD ["serve"]
