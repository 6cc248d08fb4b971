using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>The lead table: the columns of the contract, and the rows that were written.</summary>
internal sealed class DataverseTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DataverseColumn> _columns;
    private readonly List<(Guid Id, string Column)> _missingRequired = [];
    private volatile ImmutableDictionary<Guid, JsonObject> _rows = ImmutableDictionary<Guid, JsonObject>.Empty;

    public DataverseTable()
    {
        var columns = Contract.Read(Contract.DataverseLead)["columns"]!.AsArray();
        _columns = columns.Select(column => Read(column!.AsObject())).ToDictionary(column => column.Name, StringComparer.Ordinal);
        _columns["campaignid"] = new DataverseColumn("campaignid", "lookup") { Lookup = ("campaignid", "campaign", "campaigns") };
    }

    /// <summary>The rows at this moment; what is written later makes new rows and new objects.</summary>
    public IReadOnlyDictionary<Guid, JsonObject> Rows => _rows;

    public IReadOnlyList<(Guid Id, string Column)> MissingRequired
    {
        get
        {
            lock (_lock)
            {
                return _missingRequired.ToArray();
            }
        }
    }

    public IReadOnlyList<DataverseColumn> Columns
    {
        get
        {
            lock (_lock)
            {
                return _columns.Values.ToArray();
            }
        }
    }

    public void Set(DataverseColumn column)
    {
        lock (_lock)
        {
            _columns[column.Name] = column;
        }
    }

    public void Change(string name, Func<DataverseColumn, DataverseColumn> change)
    {
        lock (_lock)
        {
            _columns[name] = change(_columns[name]);
        }
    }

    /// <summary>The row's values, or what is wrong with them. Names are compared with case, as Dataverse does.</summary>
    public (JsonObject? Values, DataverseError? Error) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (null, DataverseError.NotJson("A node of type other than 'StartObject' was read from the JSON reader when trying to read the start of an entry."));
            }

            // Deserializing comes before validating there: a wrong name or type anywhere is reported before a text too long.
            var errors = document.RootElement.EnumerateObject().Select(Check).OfType<DataverseError>().ToList();
            var first = errors.FirstOrDefault(error => error.Code == "0x80048d19") ?? errors.FirstOrDefault();
            return first is null ? (JsonObject.Create(document.RootElement.Clone()), null) : (null, first);
        }
        catch (JsonException mistake)
        {
            return (null, DataverseError.NotJson(mistake.Message));
        }
    }

    /// <summary>A column whose values no two rows may share; null: none.</summary>
    public string? AlternateKey { get; set; }

    /// <summary>What the alternate key has against these values.</summary>
    public DataverseError? Violation(Guid id, JsonObject values) =>
        AlternateKey is { } key && values[key]?.ToString() is { } value && _rows.Any(row => row.Key != id && row.Value[key]?.ToString() == value) ? DataverseError.AlternateKeyViolated(key) : null;

    /// <summary>False when the key is taken.</summary>
    public bool TryAdd(Guid id, JsonObject values)
    {
        lock (_lock)
        {
            if (_rows.ContainsKey(id))
            {
                return false;
            }

            values["leadid"] = id.ToString();
            _rows = _rows.Add(id, AsRead(values));
            _missingRequired.AddRange(_columns.Values.Where(column => column.Required && IsBlank(values[column.Name])).Select(column => (id, column.Name)));
            return true;
        }
    }

    /// <summary>False when there is no such row.</summary>
    public bool TryMerge(Guid id, JsonObject values)
    {
        lock (_lock)
        {
            if (!_rows.TryGetValue(id, out var row))
            {
                return false;
            }

            var merged = row.DeepClone().AsObject();
            foreach (var (name, value) in values)
            {
                merged[name] = value?.DeepClone();
            }

            _rows = _rows.SetItem(id, AsRead(merged));
            return true;
        }
    }

    private DataverseError? Check(JsonProperty property)
    {
        var at = property.Name.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            return at == 0 ? null : CheckLookup(property.Name[..at], property.Name[at..], property.Value);
        }

        lock (_lock)
        {
            return !_columns.TryGetValue(property.Name, out var column) ? DataverseError.UnknownColumn(property.Name)
                : property is { Name: "leadid", Value.ValueKind: JsonValueKind.Null } ? DataverseError.WrongType("null", "Edm.Guid")
                : column.Check(property.Value);
        }
    }

    /// <summary>Names of navigation properties are compared with case; the value is a row of the table that it leads to.</summary>
    private DataverseError? CheckLookup(string name, string annotation, JsonElement value)
    {
        lock (_lock)
        {
            return annotation != "@odata.bind" || _columns.Values.FirstOrDefault(column => column.Lookup?.Navigation == name)?.Lookup is not { } lookup ? DataverseError.UnknownLookup(name)
                : value.ValueKind == JsonValueKind.String && value.GetString()!.TrimStart('/') is var row && row.StartsWith($"{lookup.TargetSet}(", StringComparison.Ordinal)
                    && row.EndsWith(')') && Guid.TryParse(row[(lookup.TargetSet.Length + 1)..^1], out _) ? null
                : DataverseError.NoSuchTarget(value.ToString());
        }
    }

    // Through text, so that every value reads like JSON that came over the wire: leadid as a Guid or as a string.
    private static JsonObject AsRead(JsonObject values) => JsonNode.Parse(values.ToJsonString())!.AsObject();

    private static bool IsBlank(JsonNode? value) => value is null || string.IsNullOrWhiteSpace(value.GetValue<string>());

    private static DataverseColumn Read(JsonObject column) => new(
        column["name"]!.GetValue<string>(),
        column["type"]!.GetValue<string>(),
        column["maxLength"]?.GetValue<int>(),
        column["options"]?.AsObject().Select(option => int.Parse(option.Key, CultureInfo.InvariantCulture)).ToArray(),
        column["readOnly"]?.GetValue<bool>() ?? false,
        column["requiredLevel"]?.GetValue<string>() == "ApplicationRequired");
}
