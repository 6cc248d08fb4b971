using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LeadFunctions.Store.AzureStorage.Rest;

/// <summary>
/// A row of a table: named texts, numbers, flags and bytes. An entity takes 1 MiB; a property takes 64 KiB, so longer values are divided
/// over several (<c>Body</c>, <c>Body1</c>, <c>Body2</c> …), as bytes, because texts count twice.
/// </summary>
/// <param name="key">The row key: letters, digits, <c>.</c>, <c>-</c> and <c>_</c>, so that it needs no escaping anywhere.</param>
internal sealed class TableEntity(string key)
{
    private const string TypeMark = "@odata.type";
    private const int MostBytes = 64 * 1024;
    private const int MostCharacters = 16 * 1024;

    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    public string Key { get; } = key;

    /// <summary>The version that was read; null for one that is about to be written.</summary>
    public string? ETag { get; private init; }

    /// <summary>Throws <see cref="JsonException"/>, <see cref="FormatException"/> or <see cref="KeyNotFoundException"/> when it is no entity.</summary>
    public static TableEntity Read(JsonElement json)
    {
        var entity = new TableEntity(json.GetProperty("RowKey").GetString()!) { ETag = json.TryGetProperty("odata.etag", out var etag) ? etag.GetString() : null };
        foreach (var property in json.EnumerateObject())
        {
            if (!property.Name.Contains("odata.", StringComparison.Ordinal)
                && Value(property.Value, json.TryGetProperty(property.Name + TypeMark, out var type) ? type.GetString() : null) is { } value)
            {
                entity._values[property.Name] = value;
            }
        }

        return entity;
    }

    public TableEntity With(string name, string? value) =>
        value is { Length: > MostCharacters } ? With(name, Encoding.UTF8.GetBytes(value).AsMemory()) : Set(name, value);

    public TableEntity With(string name, long? value) => Set(name, value);

    public TableEntity With(string name, bool value) => Set(name, value);

    public TableEntity With(string name, DateTimeOffset? value) => Set(name, value?.ToUnixTimeMilliseconds());

    public TableEntity With(string name, ReadOnlyMemory<byte> value)
    {
        for (var part = 0; part == 0 || part * MostBytes < value.Length; part++)
        {
            Set(Part(name, part), value[(part * MostBytes)..Math.Min(value.Length, (part + 1) * MostBytes)].ToArray());
        }

        return this;
    }

    public string Text(string name) => TextOrNull(name) ?? throw Damaged(name);

    public string? TextOrNull(string name) => _values.GetValueOrDefault(name) switch
    {
        null => null,
        string text => text,
        byte[] => Encoding.UTF8.GetString(Bytes(name)),
        _ => throw Damaged(name),
    };

    public long Number(string name) => NumberOrNull(name) ?? throw Damaged(name);

    public long? NumberOrNull(string name) => _values.GetValueOrDefault(name) switch
    {
        null => null,
        long number => number,
        _ => throw Damaged(name),
    };

    public bool Flag(string name) => _values.GetValueOrDefault(name) is true;

    public DateTimeOffset Time(string name) => TimeOrNull(name) ?? throw Damaged(name);

    public DateTimeOffset? TimeOrNull(string name) => NumberOrNull(name) is { } milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    public byte[] Bytes(string name)
    {
        if (_values.GetValueOrDefault(name) is not byte[] first)
        {
            throw Damaged(name);
        }

        using var whole = new MemoryStream();
        whole.Write(first);
        for (var part = 1; _values.GetValueOrDefault(Part(name, part)) is byte[] next; part++)
        {
            whole.Write(next);
        }

        return whole.ToArray();
    }

    /// <summary>Writes it as a JSON object of one line.</summary>
    public void Write(Utf8JsonWriter json, string partition)
    {
        json.WriteStartObject();
        json.WriteString("PartitionKey", partition);
        json.WriteString("RowKey", Key);
        foreach (var (name, value) in _values.Where(value => value.Key is not ("PartitionKey" or "RowKey" or "Timestamp")))
        {
            switch (value)
            {
                case string text:
                    json.WriteString(name, text);
                    break;
                case bool flag:
                    json.WriteBoolean(name, flag);
                    break;
                case long number:
                    // A number of 64 bits travels as a text.
                    json.WriteString(name + TypeMark, "Edm.Int64");
                    json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
                    break;
                case byte[] bytes:
                    json.WriteString(name + TypeMark, "Edm.Binary");
                    json.WriteBase64String(name, bytes);
                    break;
            }
        }

        json.WriteEndObject();
    }

    private static object? Value(JsonElement json, string? type) => (json.ValueKind, type) switch
    {
        (JsonValueKind.String, "Edm.Binary") => json.GetBytesFromBase64(),
        (JsonValueKind.String, "Edm.Int64") => long.Parse(json.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        (JsonValueKind.String, _) => json.GetString(),
        (JsonValueKind.Number, _) => json.GetInt64(),
        (JsonValueKind.True, _) => true,
        (JsonValueKind.False, _) => false,
        _ => null,
    };

    private static string Part(string name, int part) => part == 0 ? name : $"{name}{part}";

    private TableEntity Set(string name, object? value)
    {
        if (value is not null)
        {
            _values[name] = value;
        }

        return this;
    }

    private StoreUnavailableException Damaged(string name) => new($"The store holds something that can't be read: {name} of the entity {Key}.");
}
