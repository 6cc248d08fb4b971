using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace LeadFunctions.Tests.Remote;

/// <summary>
/// Microsoft Graph v1.0 for Bookings, read only: bookingBusinesses/{id}, its calendarView, appointments/{id} and staffMembers, in the documented shapes.
/// As the real one, a list leaves out what is only in an appointment read by its id, and never shows a cancelled appointment.
/// </summary>
internal sealed class FakeGraph : LoopbackServer
{
    private const string BasePath = "/v1.0/solutions/bookingBusinesses/";

    // "The value of this property is available only when reading this bookingAppointment by its ID."
    private static readonly string[] OnlyById = ["serviceNotes", "reminders"];

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, JsonObject>> _businesses = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, JsonObject> _staff = new();
    private readonly ConcurrentDictionary<string, bool> _tokens = new();
    private readonly bool _requireToken;

    private FakeGraph(bool requireToken) => _requireToken = requireToken;

    /// <summary>How many a page holds at most.</summary>
    public int PageSize { get; set; } = 100;

    /// <summary>As people report of the real one: the list's customers are empty.</summary>
    public bool ListsHideCustomers { get; set; }

    /// <summary>An appointment that can't be read by its id: the real one has answered so, for no reason that it gives.</summary>
    public string? BrokenId { get; set; }

    /// <summary>A link to the next page that leads somewhere else.</summary>
    public string? NextLinkHost { get; set; }

    public static async Task<FakeGraph> StartAsync(bool requireToken = false)
    {
        var server = new FakeGraph(requireToken);
        await server.StartServerAsync();
        return server;
    }

    public void AcceptToken(string token) => _tokens[token] = true;

    public void RevokeAllTokens() => _tokens.Clear();

    public void AddBusiness(string address) => _businesses[address] = new ConcurrentDictionary<string, JsonObject>();

    public void AddStaff(string id, string name, string email) =>
        _staff[id] = new JsonObject { ["@odata.type"] = "#microsoft.graph.bookingStaffMember", ["id"] = id, ["displayName"] = name, ["emailAddress"] = email, ["role"] = "guest" };

    /// <summary>Books an appointment or changes it.</summary>
    public void Put(string business, JsonObject appointment) => _businesses[business][appointment["id"]!.GetValue<string>()] = appointment;

    public void Cancel(string business, string id) => _businesses[business].TryRemove(id, out _);

    protected override Reply Handle(RecordedRequest request)
    {
        if (_requireToken && !(request.BearerToken is { } token && _tokens.ContainsKey(token)))
        {
            return Error(401, "InvalidAuthenticationToken", "Access token validation failure.");
        }

        if (request.Method != "GET" || !request.Path.StartsWith(BasePath, StringComparison.Ordinal))
        {
            return Error(400, "BadRequest", "Resource not found for the segment.");
        }

        var segments = request.Path[BasePath.Length..].Split('/').Select(Uri.UnescapeDataString).ToArray();
        if (!_businesses.TryGetValue(segments[0], out var appointments))
        {
            return Error(404, "ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.");
        }

        return segments[1..] switch
        {
            [] => Reply.Json(200, new JsonObject { ["@odata.context"] = $"{Url}v1.0/$metadata#solutions/bookingBusinesses/$entity", ["id"] = segments[0], ["displayName"] = "Contoso" }),
            ["calendarView"] => CalendarView(request, segments[0], appointments),
            ["appointments", var id] when id == BrokenId => Error(500, "UnknownError", "An error has occurred."),
            ["appointments", var id] => appointments.TryGetValue(id, out var found) ? Reply.Json(200, found.DeepClone()) : Error(404, "ErrorItemNotFound", "The specified object was not found in the store."),
            ["staffMembers"] => Page(_staff.Values.Select(member => member.DeepClone()), $"bookingBusinesses('{segments[0]}')/staffMembers", null),
            _ => Error(400, "BadRequest", $"Resource not found for the segment '{segments[1]}'."),
        };
    }

    private Reply CalendarView(RecordedRequest request, string business, ConcurrentDictionary<string, JsonObject> appointments)
    {
        var query = QueryHelpers.ParseQuery(request.Query);
        if (!Time(query["start"]).HasValue || !Time(query["end"]).HasValue)
        {
            return Error(400, "ErrorInvalidParameter", "This request requires a time window specified by the query string parameters start and end.");
        }

        var (from, to) = (Time(query["start"])!.Value, Time(query["end"])!.Value);
        var skip = query.TryGetValue("$skip", out var given) ? int.Parse(given.ToString(), CultureInfo.InvariantCulture) : 0;
        var all = appointments.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Value).Where(one => At(one, "startDateTime") < to && At(one, "endDateTime") > from).ToArray();
        var next = skip + PageSize < all.Length
            ? $"{NextLinkHost ?? Url.ToString().TrimEnd('/')}{request.Path}?start={Uri.EscapeDataString(query["start"]!)}&end={Uri.EscapeDataString(query["end"]!)}&$skip={skip + PageSize}"
            : null;
        return Page(all.Skip(skip).Take(PageSize).Select(Listed), $"bookingBusinesses('{Uri.EscapeDataString(business)}')/calendarView", next);
    }

    private JsonNode Listed(JsonObject appointment)
    {
        var listed = appointment.DeepClone().AsObject();
        foreach (var name in OnlyById)
        {
            listed[name] = name == "reminders" ? new JsonArray() : null;
        }

        if (ListsHideCustomers)
        {
            listed["customers"] = new JsonArray();
        }

        return listed;
    }

    private Reply Page(IEnumerable<JsonNode> items, string context, string? next)
    {
        var page = new JsonObject { ["@odata.context"] = $"{Url}v1.0/$metadata#solutions/{context}" };
        if (next is not null)
        {
            page["@odata.nextLink"] = next;
        }

        page["value"] = new JsonArray([.. items]);
        return Reply.Json(200, page);
    }

    public static string ErrorBody(string code, string message) => new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["code"] = code,
            ["message"] = message,
            ["innerError"] = new JsonObject { ["date"] = "2026-11-21T09:00:00", ["request-id"] = Guid.NewGuid().ToString(), ["client-request-id"] = Guid.NewGuid().ToString() },
        },
    }.ToJsonString();

    private static Reply Error(int status, string code, string message) => new(status, ErrorBody(code, message));

    private static DateTimeOffset At(JsonObject appointment, string name) => Time(appointment[name]!["dateTime"]!.GetValue<string>())!.Value;

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
