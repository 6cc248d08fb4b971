using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadFunctions.Leads;

namespace LeadFunctions.Appointments;

/// <summary>
/// What an event of an appointment says, piece by piece, each with the event that said it. An event's own words stay; of what it left out the
/// newest event's count, so that it ends the same in whatever order the events come.
/// </summary>
internal sealed class SaidPieces
{
    private const long Itself = long.MaxValue;
    private const string Details = "UserDetails";

    // These are of one event alone.
    private static readonly string[] NotTaken = ["CancelReason", "LastUpdatedDateTime"];

    // One of them says nothing about another event's others.
    private static readonly string[][] Groups = [["StartTime", "EndTime", "Duration"], [$"{Details}.FirstName", $"{Details}.LastName"]];

    private readonly OrderedDictionary<string, Piece> _pieces = new(StringComparer.Ordinal);
    private readonly long _order;

    private SaidPieces(long order) => _order = order;

    public static SaidPieces Of(Lead lead)
    {
        var said = new SaidPieces(lead.Subject!.Order);
        foreach (var property in lead.Content.Root.EnumerateObject().Where(property => property.Name != LeadContent.FromOtherEvents))
        {
            if (property is { Name: Details, Value.ValueKind: JsonValueKind.Object })
            {
                foreach (var detail in property.Value.EnumerateObject())
                {
                    said.Add($"{Details}.{detail.Name}", detail.Value, lead.Content);
                }
            }
            else
            {
                said.Add(property.Name, property.Value, lead.Content);
            }
        }

        return said;
    }

    /// <summary>Takes what is newer than what was taken before; false when that is nothing.</summary>
    public bool Take(SaidPieces other)
    {
        var before = _pieces.ToArray();
        foreach (var (name, piece) in other._pieces.Where(piece => !NotTaken.Contains(piece.Key)))
        {
            var order = piece.Order == Itself ? other._order : piece.Order;
            if (!_pieces.TryGetValue(name, out var mine) || mine.Order < order)
            {
                _pieces[name] = new Piece(piece.Value, order);
            }
        }

        foreach (var group in Groups)
        {
            LeaveNewest(group);
        }

        return before.Length != _pieces.Count || before.Any(piece => !(_pieces.TryGetValue(piece.Key, out var now) && JsonElement.DeepEquals(now.Value, piece.Value.Value)));
    }

    public JsonObject Together()
    {
        var (whole, from) = (new JsonObject(), new JsonObject());
        foreach (var (name, piece) in _pieces)
        {
            var (owner, property) = name.StartsWith($"{Details}.", StringComparison.Ordinal) ? ((JsonObject)(whole[Details] ??= new JsonObject()), name[(Details.Length + 1)..]) : (whole, name);
            owner[property] = Node(piece.Value);
            if (piece.Order != Itself)
            {
                // As a text, because it is longer than numbers that every reader of JSON keeps.
                from[name] = piece.Order.ToString(CultureInfo.InvariantCulture);
            }
        }

        if (from.Count > 0)
        {
            whole[LeadContent.FromOtherEvents] = from;
        }

        return whole;
    }

    private static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };

    private void Add(string name, JsonElement value, LeadContent content) =>
        _pieces[name] = new Piece(value, long.TryParse(content.Text(LeadContent.FromOtherEvents, name), NumberStyles.None, CultureInfo.InvariantCulture, out var order) ? order : Itself);

    /// <summary>A new start alone leaves the appointment as long as it was.</summary>
    private void LeaveNewest(string[] group)
    {
        string[] there = [.. group.Where(_pieces.ContainsKey)];
        string[] newest = [.. there.Where(name => _pieces[name].Order == there.Max(other => _pieces[other].Order))];
        foreach (var name in there.Except(newest).Where(name => !(name == "Duration" && newest is ["StartTime"])))
        {
            _pieces.Remove(name);
        }
    }

    /// <param name="Order">Of the event that said it; <see cref="Itself"/> for this one.</param>
    private readonly record struct Piece(JsonElement Value, long Order);
}
