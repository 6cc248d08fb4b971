# docker build -t leadfunctions .
# docker run -p 8080:8080 -v leads:/var/lib/leadfunctions/data -e Intake__Keys__0=… -e Runs__Keys__team=… leadfunctions
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/LeadFunctions --configuration Release --output /app -p:DebugType=none -p:PublishDocumentationFiles=false \
 && mkdir -p /volume/data

# Extra: with time zone data, for the times of appointments. Chiseled: no shell, no package manager, a user that isn't root. That leaves nothing that a HEALTHCHECK could start; point the
# orchestrator's HTTP probes at /api/health/live and /api/health/ready.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
COPY --from=build /app /app
# The volume's folder belongs to the user, so that a new volume does.
COPY --from=build --chown=$APP_UID:$APP_UID /volume /var/lib/leadfunctions
WORKDIR /var/lib/leadfunctions
USER $APP_UID
VOLUME /var/lib/leadfunctions/data
# The base image listens on every address at this port (ASPNETCORE_HTTP_PORTS), so the program wants Intake:Keys to start.
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/LeadFunctions.dll"]
