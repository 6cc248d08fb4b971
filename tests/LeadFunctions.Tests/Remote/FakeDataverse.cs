using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>
/// The Dataverse Web API v9.2 for the lead table, held to contracts/dataverse-lead-columns.json. It is stricter than the real one in
/// two ways: the headers that Microsoft asks for are demanded, and numbers written as strings are refused.
/// </summary>
internal sealed class FakeDataverse : LoopbackServer
{
    public const string BasePath = "/api/data/v9.2/";

    private readonly DataverseTable _table = new();
    private readonly ConcurrentDictionary<string, bool> _tokens = new();
    private readonly DataverseMetadata _metadata;
    private readonly bool _requireToken;

    private FakeDataverse(bool requireToken)
    {
        _requireToken = requireToken;
        _metadata = new DataverseMetadata(_table, UserId);
    }

    /// <summary>The user that WhoAmI names.</summary>
    public Guid UserId { get; } = Guid.NewGuid();

    /// <summary>The stored rows at this moment, by leadid. Cheap; not to be changed.</summary>
    public IReadOnlyDictionary<Guid, JsonObject> Rows => _table.Rows;

    /// <summary>Application-required columns (subject, lastname) that a new row left out or blank. The API takes such rows.</summary>
    public IReadOnlyList<(Guid Id, string Column)> MissingRequired => _table.MissingRequired;

    /// <summary>What the user's roles allow. At first creating leads and reading definitions.</summary>
    public ISet<string> Privileges => _metadata.Granted;

    public static async Task<FakeDataverse> StartAsync(bool requireToken = false)
    {
        var server = new FakeDataverse(requireToken);
        await server.StartServerAsync();
        return server;
    }

    public void AcceptToken(string token) => _tokens[token] = true;

    public void RevokeToken(string token) => _tokens.TryRemove(token, out _);

    public void RevokeAllTokens() => _tokens.Clear();

    public void MakeReadOnly(string column) => _table.Change(column, known => known with { ReadOnly = true });

    public void SetOptions(string column, params IReadOnlyList<int> options) => _table.Change(column, known => known with { Options = options });

    /// <summary>Declares a column that a customer added, or replaces one.</summary>
    public void AddColumn(string name, string type = "string", int? maxLength = null, params IReadOnlyList<int> options) =>
        _table.Set(new DataverseColumn(name, type, maxLength, options.Count > 0 ? options : null));

    /// <summary>Declares a lookup: its logical name, the navigation property by which it is written, and the table that it leads to by its two names.</summary>
    public void AddLookup(string name, string navigation, string target, string targetSet) =>
        _table.Set(new DataverseColumn(name, "lookup") { Lookup = (navigation, target, targetSet) });

    public void SetRange(string column, decimal least, decimal most) => _table.Change(column, known => known with { Least = least, Most = most });

    public void MakeUnchangeable(string column) => _table.Change(column, known => known with { OnlyAtCreation = true });

    /// <summary>Makes a column an alternate key: no two rows may have the same value.</summary>
    public void SetAlternateKey(string column) => _table.AlternateKey = column;

    public void SetMaxLength(string column, int maxLength) => _table.Change(column, known => known with { MaxLength = maxLength });

    protected override Reply Handle(RecordedRequest request)
    {
        if (_requireToken && !(request.BearerToken is { } token && _tokens.ContainsKey(token)))
        {
            return new Reply(401, Headers: ("WWW-Authenticate", $"Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize, resource_id={Url}"));
        }

        if (!request.Path.StartsWith(BasePath, StringComparison.Ordinal))
        {
            return new Reply(404);
        }

        if (CheckHeaders(request) is { } error)
        {
            return error.ToReply();
        }

        var resource = request.Path[BasePath.Length..];
        return (request.Method, resource) switch
        {
            ("GET", "WhoAmI") => WhoAmI(),
            ("POST", "leads") => Create(request),
            ("GET", _) when _metadata.Answer(resource, request.Query) is { } reply => reply,
            ("GET" or "PATCH", _) when KeyOf(resource) is { } id => request.Method == "GET" ? Retrieve(id) : Upsert(id, request),
            (_, "WhoAmI") => new DataverseError(404, "", $"No HTTP resource was found that matches the request URI '{new Uri(Url, request.Path)}'.").ToReply(),
            (_, "leads") => MethodNotAllowed(request),
            _ when KeyOf(resource) is not null => MethodNotAllowed(request),
            _ => DataverseError.UnknownSegment(resource.Split('(', '/')[0]).ToReply(),
        };
    }

    private Reply Create(RecordedRequest request)
    {
        var (values, error) = _table.Read(request.Content);
        if (values is null)
        {
            return error!.ToReply();
        }

        if (!Privileges.Contains("prvCreateLead"))
        {
            return DataverseError.MissingPrivilege("prvCreateLead").ToReply();
        }

        var id = values["leadid"] is { } given ? given.GetValue<Guid>() : Guid.NewGuid();
        return _table.Violation(id, values) is { } violation && !Rows.ContainsKey(id) ? violation.ToReply()
            : _table.TryAdd(id, values) ? NoContent(id)
            : DataverseError.AlreadyThere().ToReply();
    }

    private Reply Upsert(Guid id, RecordedRequest request)
    {
        var (values, error) = _table.Read(request.Content);
        if (values is null)
        {
            return error!.ToReply();
        }

        if (values["leadid"] is { } given && given.GetValue<Guid>() != id)
        {
            return DataverseError.NotJson($"The key in the body isn't the key of the address, {id}.").ToReply();
        }

        if (_table.Violation(id, values) is { } violation)
        {
            return violation.ToReply();
        }

        if (request.Header("If-None-Match") == "*")
        {
            return _table.TryAdd(id, values) ? NoContent(id) : DataverseError.AlreadyThere().ToReply();
        }

        if (request.Header("If-Match") == "*")
        {
            return _table.TryMerge(id, values) ? NoContent(id) : DataverseError.NotThere(id).ToReply();
        }

        // No row is ever removed: one of the two succeeds, whatever happens in between.
        return _table.TryMerge(id, values) || _table.TryAdd(id, values) || _table.TryMerge(id, values)
            ? NoContent(id)
            : throw new InvalidOperationException("A row that is neither there nor absent.");
    }

    private Reply Retrieve(Guid id)
    {
        if (!Rows.TryGetValue(id, out var stored))
        {
            return DataverseError.NotThere(id).ToReply();
        }

        var row = stored.DeepClone().AsObject();
        row.Insert(0, "@odata.context", $"{new Uri(Url, BasePath)}$metadata#leads/$entity");
        return Ok(row);
    }

    private Reply WhoAmI() => Ok(JsonNode.Parse(
        $$"""{"@odata.context":"{{new Uri(Url, BasePath)}}$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse","UserId":"{{UserId}}"}""")!.AsObject());

    private Reply NoContent(Guid id) => new(204, Headers: [("OData-EntityId", $"{new Uri(Url, BasePath)}leads({id})"), ("OData-Version", "4.0")]);

    private static Reply Ok(JsonObject body) => new(200, body.ToJsonString(), "application/json; odata.metadata=minimal", ("OData-Version", "4.0"));

    private static Reply MethodNotAllowed(RecordedRequest request) =>
        new DataverseError(405, "0x0", $"The requested resource does not support http method '{request.Method}'.").ToReply();

    private static DataverseError? CheckHeaders(RecordedRequest request)
    {
        if (request.MediaType("Accept") != "application/json")
        {
            return DataverseError.Header(406, "Accept", "application/json");
        }

        foreach (var name in new[] { "OData-Version", "OData-MaxVersion" })
        {
            if (request.Header(name) != "4.0")
            {
                return DataverseError.Header(400, name, "4.0");
            }
        }

        var contentType = request.Header("Content-Type")?.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        return request.Method == "GET" || contentType is "application/json" or "application/json;charset=utf-8" or "application/json;charset=\"utf-8\""
            ? null
            : DataverseError.Header(415, "Content-Type", "application/json; charset=utf-8");
    }

    private static Guid? KeyOf(string resource) =>
        resource.StartsWith("leads(", StringComparison.Ordinal) && resource.EndsWith(')')
        && Guid.TryParseExact(resource["leads(".Length..^1], "D", out var id) ? id : null;
}
