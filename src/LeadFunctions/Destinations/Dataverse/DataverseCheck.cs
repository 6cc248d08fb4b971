using System.Net.Http.Headers;
using System.Text.Json;
using LeadFunctions.Destinations.Rendering;
using LeadFunctions.Leads;
using LeadFunctions.Remote;

namespace LeadFunctions.Destinations.Dataverse;

/// <summary>
/// Asks an environment for what a create needs: a token, a user behind it, the table, the privilege, the columns. Nothing is written.
/// (Web API: WhoAmI, RetrieveUserPrivilegeByPrivilegeName, "Query table definitions using the Web API".)
/// </summary>
internal sealed class DataverseCheck(DataverseOptions options, EntraTokens tokens, RemoteClient remote)
{
    /// <summary>In bytes: a choice of hundreds of options names each in every language of the environment.</summary>
    private const int MostOfMetadata = 8 * 1024 * 1024;

    private const string MetadataAdvice =
        "Not asked, because the application user's role may not read table definitions. A lead is created without that too; give the role "
            + "Read on Entity and on Attribute (Customization) to have the columns checked.";

    private readonly List<CheckResult> _results = [];
    private string? _token;

    public async Task<IReadOnlyList<CheckResult>> RunAsync(IReadOnlyList<Lead> samples, CancellationToken stop)
    {
        if (await SignInAsync(stop) && await WhoAmIAsync(stop) is { } user)
        {
            var (table, asked) = await FindTableAsync(stop);
            if (table is not null)
            {
                await CheckPrivilegeAsync(user, table, stop);
            }

            if (asked && table is not null)
            {
                await CheckColumnsAsync(table, samples, stop);
            }
        }

        return _results;
    }

    private async Task<bool> SignInAsync(CancellationToken stop)
    {
        if (options.SignIn.Auth == EntraAuth.None)
        {
            return true;
        }

        try
        {
            _token = await tokens.GetAsync(stop);
            return Passed("sign-in");
        }
        catch (NoTokenException exception)
        {
            return Failed(
                "sign-in",
                $"{exception.Message} Check TenantId, ClientId and the secret or certificate of the app registration.");
        }
    }

    private async Task<Guid?> WhoAmIAsync(CancellationToken stop)
    {
        var reply = await AskAsync("WhoAmI", stop);
        if (Json(reply) is { } json && json.TryGetProperty("UserId", out var id) && id.TryGetGuid(out var user))
        {
            Passed("WhoAmI");
            return user;
        }

        Failed("WhoAmI", reply is RemoteReply.Response { Status: 401 or 403 }
            ? $"{DataverseResponse.Explain(reply)} In the Power Platform admin center add the app as an application user of this "
                + "environment."
            : $"{DataverseResponse.Explain(reply)} Check Url: it is the environment's address, such as https://contoso.crm.dynamics.com.");
        return null;
    }

    /// <summary>
    /// The table, and whether its columns can be asked for. Without the right to read definitions, what is known of the lead table has to
    /// do.
    /// </summary>
    private async Task<(EnvironmentTable? Table, bool Asked)> FindTableAsync(CancellationToken stop)
    {
        var what = $"table {options.Table}";
        var reply = await AskAsync(
            $"EntityDefinitions?$select=LogicalName,EntitySetName,Privileges&$filter=EntitySetName eq '{options.Table}'",
            stop);
        if (Json(reply) is { } json)
        {
            var table = EnvironmentTable.Read(json);
            _results.Add(
                table is null
                    ? new CheckResult(
                        what,
                        false,
                        "The environment has no such table. Table is an entity set's name (leads); the lead table "
                            + "comes with Dynamics 365 Sales.")
                    : new CheckResult(what, true));
            return (table, true);
        }

        if (reply is not RemoteReply.Response { Status: 403 })
        {
            Failed(what, DataverseResponse.Explain(reply));
            return (null, false);
        }

        _results.Add(new CheckResult($"columns of {options.Table}", true, MetadataAdvice));
        return (options.Table == EnvironmentTable.Leads.Set ? EnvironmentTable.Leads : null, false);
    }

    private async Task CheckPrivilegeAsync(Guid user, EnvironmentTable table, CancellationToken stop)
    {
        await CheckPrivilegeAsync(
            user,
            table.CreatePrivilege,
            needed: true,
            $"The application user has no role with Create on {table.Table}. Give it one in the Power Platform admin center.",
            stop);
        await CheckPrivilegeAsync(
            user,
            table.WritePrivilege,
            needed: false,
            "Not there. Leads of the marketplace don't need it; appointments do, because later events change their row: give the role "
                + $"Write on {table.Table} then.",
            stop);
    }

    private async Task CheckPrivilegeAsync(Guid user, string privilege, bool needed, string advice, CancellationToken stop)
    {
        var what = $"privilege {privilege}";
        var reply = await AskAsync(
            $"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='{privilege}')",
            stop);
        if (Json(reply) is { } json
            && json.TryGetProperty("RolePrivileges", out var privileges)
            && privileges.ValueKind == JsonValueKind.Array)
        {
            var granted = privileges.GetArrayLength() > 0;
            _results.Add(new CheckResult(what, granted || !needed, granted ? null : advice));
        }
        else if (needed)
        {
            Failed(what, DataverseResponse.Explain(reply));
        }
    }

    private async Task CheckColumnsAsync(EnvironmentTable table, IReadOnlyList<Lead> samples, CancellationToken stop)
    {
        var writer = new RowWriter(options.Row);
        if (writer.Check(samples) is { Passed: false } templates)
        {
            _results.Add(templates);
            return;
        }

        var columns = RowColumns.Of(options.Row);
        var lookups = await FindLookupsAsync(table, [.. columns.Select(column => column.Column)], stop);
        var found = new Dictionary<string, EnvironmentColumn>(StringComparer.Ordinal);
        var names = columns
            .Select(column => ColumnCheck.LogicalName(column.Column))
            .Concat(lookups.Select(lookup => lookup.Column))
            .Distinct();
        var reply = await AskAsync(EnvironmentColumn.Question(table.Table, names), stop);
        if (Json(reply) is not { } json || !EnvironmentColumn.Add(json, found))
        {
            Failed($"columns of {options.Table}", DataverseResponse.Explain(reply));
            return;
        }

        foreach (var question in EnvironmentColumn.Details(table.Table, found).ToList())
        {
            reply = await AskAsync(question, stop);
            // An older environment that doesn't know one of them (404) leaves that unknown; it makes no column wrong.
            if ((Json(reply) is not { } details || !EnvironmentColumn.Add(details, found))
                && reply is not RemoteReply.Response { Status: 404 })
            {
                Failed($"columns of {options.Table}", DataverseResponse.Explain(reply));
                return;
            }
        }

        var check = new ColumnCheck(options.Table, found, lookups);
        _results.AddRange(
            samples
                .SelectMany(lead => check.Compare(columns, writer.Write(lead).Row!, isChanged: lead.Source == Sources.Bookings))
                .Distinct());
    }

    /// <summary>What lookups are written by, which is not always the column's name; none where it can't be had.</summary>
    private async Task<IReadOnlyList<EnvironmentLookup>> FindLookupsAsync(
        EnvironmentTable table,
        IReadOnlyList<Column> columns,
        CancellationToken stop)
    {
        string[] names = [.. columns.Where(ColumnCheck.IsBound).Select(ColumnCheck.NavigationOf)];
        if (names.Length == 0
            || Json(await AskAsync(EnvironmentLookup.Question(table.Table, names), stop)) is not { } answer
            || EnvironmentLookup.Read(answer) is not { Count: > 0 } lookups)
        {
            return [];
        }

        return Json(await AskAsync(EnvironmentLookup.SetQuestion(lookups), stop)) is { } tables
            ? [.. lookups.Select(lookup => lookup.WithSet(tables))]
            : lookups;
    }

    private async Task<RemoteReply> AskAsync(string resource, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Url, $"api/data/v9.2/{resource}"));
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Add("OData-Version", "4.0");
        request.Headers.Add("OData-MaxVersion", "4.0");
        if (_token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        }

        return await remote.SendAsync(request, stop, most: MostOfMetadata);
    }

    private static JsonElement? Json(RemoteReply reply)
    {
        try
        {
            return reply is RemoteReply.Response { Status: 200 } answer
                && JsonElement.Parse(answer.Body) is { ValueKind: JsonValueKind.Object } json
                ? json
                : null;
        }
        catch (JsonException)
        {
            // A proxy's page, or more than is read of an answer.
            return null;
        }
    }

    private bool Passed(string what)
    {
        _results.Add(new CheckResult(what, true));
        return true;
    }

    private bool Failed(string what, string advice)
    {
        _results.Add(new CheckResult(what, false, advice));
        return false;
    }
}
