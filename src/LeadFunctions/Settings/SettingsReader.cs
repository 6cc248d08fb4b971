using System.Globalization;

namespace LeadFunctions.Settings;

/// <summary>
/// Reads settings and collects every fault, so that a person sees them all at once. The framework's binder stops at the first
/// value that it can't convert, merges lists of different files, and passes over misspelt keys; this does none of that. A setting's default
/// is passed by the <c>Read</c> of its feature's options.
/// </summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<SettingFault> _faults = [];
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _tolerated = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _lists = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _defaults = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>The keys that were asked for, whether they are set or not.</summary>
    public IReadOnlySet<string> Known => _read;

    /// <summary>What counts where nothing is set.</summary>
    public IReadOnlyDictionary<string, string> Defaults => _defaults;

    public void Fault(string key, string message) => _faults.Add(new SettingFault(key, message));

    public string? Text(string key)
    {
        _read.Add(key);
        var value = configuration[key];
        return string.IsNullOrWhiteSpace(value) ? null : Resolved(key, value.Trim());
    }

    public string Text(string key, string defaultValue)
    {
        Default(key, defaultValue);
        return Text(key) ?? defaultValue;
    }

    /// <summary>Notes what counts where nothing is set, for people to see.</summary>
    public void Default(string key, string text) => _defaults[key] = text;

    public string Required(string key, string what)
    {
        var value = Text(key);
        if (value is null)
        {
            Fault(key, $"is missing; set it to {what}");
        }

        return value ?? "";
    }

    public int Int(string key, int defaultValue, int least, int most) =>
        Read(
            key,
            defaultValue,
            $"a whole number from {least} to {most}",
            text =>
                int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                    ? number
                    : null);

    public bool Flag(string key, bool defaultValue) =>
        Read(key, defaultValue, "true or false", text => bool.TryParse(text, out var flag) ? flag : null);

    public TimeSpan Duration(string key, TimeSpan defaultValue, TimeSpan least, TimeSpan most) =>
        Read(key, defaultValue, DurationRange(least, most), text => ParseDuration(text, least, most));

    public T Choice<T>(string key, T defaultValue)
        where T : struct, Enum =>
        Read(
            key,
            defaultValue,
            "one of " + string.Join(", ", Enum.GetNames<T>()),
            text =>
                Enum.TryParse<T>(text, ignoreCase: true, out var choice)
                && Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase)
                    ? choice
                    : null);

    /// <summary>
    /// A list: numbered keys, or one value divided by commas or semicolons. The last file or environment that has any of it has all of it.
    /// </summary>
    public IReadOnlyList<string>? List(string key) => Named(key) is { } items ? [.. items.Select(item => item.Value)] : null;

    /// <summary>As <see cref="List"/>, with the names that the items have: their keys, which are numbers in a plain list.</summary>
    public IReadOnlyList<ListItem>? Named(string key)
    {
        _read.Add(key);
        _lists.Add(key);
        ListItem[]? items = ListProvider(key) switch
        {
            null => null,
            var one when one.TryGet(key, out var text) && !string.IsNullOrWhiteSpace(text) =>
            [
                .. text.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select((item, index) => new ListItem(index.ToString(CultureInfo.InvariantCulture), item)),
            ],
            var many => Children(many, key)
                .OrderBy(child => child, ConfigurationKeyComparer.Instance)
                .Select(child => Value(many, $"{key}:{child}") is { } value ? new ListItem(child, value) : null)
                .OfType<ListItem>()
                .ToArray(),
        };
        foreach (var child in configuration.GetSection(key).GetChildren())
        {
            _read.Add(child.Path);
        }

        return items is null ? null : [.. items.Select(item => item with { Value = Resolved($"{key}:{item.Name}", item.Value) })];
    }

    public IReadOnlyList<TimeSpan> Durations(string key, IReadOnlyList<TimeSpan> defaultValue, TimeSpan least, TimeSpan most)
    {
        Default(key, string.Join(", ", defaultValue.Select(wait => Format(wait))));
        var waits = new List<TimeSpan>();
        foreach (var text in List(key) ?? [])
        {
            if (ParseDuration(text, least, most) is { } wait)
            {
                waits.Add(wait);
            }
            else
            {
                Fault(key, $"holds something that is not {DurationRange(least, most)}");
            }
        }

        return waits.Count > 0 ? waits : defaultValue;
    }

    /// <summary>The names and values below a key, values as they stand (an empty one can mean "none").</summary>
    public IReadOnlyDictionary<string, string> Map(string key)
    {
        var map = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var child in configuration.GetSection(key).GetChildren())
        {
            _read.Add(child.Path);
            map[child.Key] = child.Value ?? "";
        }

        return map;
    }

    /// <summary>A key with all that is below it, in the order of names and numbers.</summary>
    public SettingTree Tree(string key)
    {
        var section = configuration.GetSection(key);
        _read.Add(section.Path);
        return new SettingTree(section.Key, section.Value, [.. section.GetChildren().Select(child => Tree(child.Path))]);
    }

    /// <summary>What is below a section is no fault, whatever it is: it is not known yet what may be there.</summary>
    public void Tolerate(string section)
    {
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            _tolerated.Add(child.Path);
        }
    }

    /// <summary>Where a key of a list stands in the last file or environment that has any of the list, and so counts.</summary>
    public bool Counts(string key, IConfigurationProvider provider) =>
        !_lists.Any(list =>
            (key.Equals(list, StringComparison.OrdinalIgnoreCase) || key.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase))
            && ListProvider(list) != provider);

    /// <summary>The names at the top that have something below them.</summary>
    public IReadOnlyList<string> Sections() =>
        [.. configuration.GetChildren().Where(child => child.GetChildren().Any()).Select(child => child.Key)];

    public IReadOnlyList<string> Names(string section) => [.. configuration.GetSection(section).GetChildren().Select(child => child.Key)];

    /// <summary>Every key below a section that nobody asked for is a fault: a misspelt key must not be a silent default.</summary>
    public void RefuseUnknown(string section)
    {
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            var known = _read.Where(key => key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase)).ToArray();
            if (_tolerated.Contains(child.Path) || known.Contains(child.Path, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            if (known.Any(key => key.StartsWith(child.Path + ":", StringComparison.OrdinalIgnoreCase)))
            {
                RefuseUnknown(child.Path);
            }
            else if (child.Value is not null || child.GetChildren().Any())
            {
                Fault(
                    child.Path,
                    "is not a setting of LeadFunctions; known here: "
                        + string.Join(
                            ", ",
                            known.Select(key => key[(section.Length + 1)..].Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase)));
            }
        }
    }

    /// <summary>
    /// Azure leaves a reference that it could not resolve as it stands: long enough to pass for a key, and known to everybody.
    /// </summary>
    private string Resolved(string key, string value)
    {
        if (value.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase))
        {
            Fault(
                key,
                "is a Key Vault reference that Azure has not resolved; check that the secret exists and that the app's identity may read "
                + "it (role Key Vault Secrets User)");
        }

        return value;
    }

    private T Read<T>(string key, T defaultValue, string expected, Func<string, T?> parse)
        where T : struct
    {
        Default(key, Format(defaultValue));
        var text = Text(key);
        if (text is null)
        {
            return defaultValue;
        }

        if (parse(text) is { } value)
        {
            return value;
        }

        Fault(key, "must be " + expected);
        return defaultValue;
    }

    private static string Format(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        // A TimeSpan's default format is "c".
        _ => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
    };

    // The constant format alone: TimeSpan.TryParse takes 24:00:00 for 24 days.
    private static TimeSpan? ParseDuration(string text, TimeSpan least, TimeSpan most) =>
        text.Contains(':', StringComparison.Ordinal)
        && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration)
        && duration >= least
        && duration <= most
            ? duration
            : null;

    private static string DurationRange(TimeSpan least, TimeSpan most) =>
        $"a duration (hours:minutes:seconds with hours below 24, or days.hours:minutes:seconds) from {least:c} to {most:c}";

    private IConfigurationProvider? ListProvider(string key) =>
        configuration is IConfigurationRoot root
            ? root.Providers.LastOrDefault(provider =>
                (provider.TryGet(key, out var text) && !string.IsNullOrWhiteSpace(text)) || Children(provider, key).Any())
            : throw new InvalidOperationException("Settings are read from the configuration's root.");

    private static IEnumerable<string> Children(IConfigurationProvider provider, string key) =>
        provider.GetChildKeys([], key).Distinct(StringComparer.OrdinalIgnoreCase);

    private static string? Value(IConfigurationProvider provider, string key) =>
        provider.TryGet(key, out var text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}

/// <summary>An item of a list, under its name: a number in a plain list.</summary>
internal sealed record ListItem(string Name, string Value);

/// <summary>A setting with everything below it, for settings whose shape is the publisher's own.</summary>
/// <param name="Value">Null where it has children alone.</param>
internal sealed record SettingTree(string Name, string? Value, IReadOnlyList<SettingTree> Children);

/// <summary>Something wrong in the configuration: the key, and what to do about it. Never the value: it may be a secret.</summary>
internal sealed record SettingFault(string Key, string Message);

/// <summary>The program can't start with this configuration; every fault is listed.</summary>
internal sealed class SettingsException(IReadOnlyList<SettingFault> faults) : Exception(Describe(faults))
{
    public IReadOnlyList<SettingFault> Faults { get; } = faults;

    private static string Describe(IReadOnlyList<SettingFault> faults) =>
        $"LeadFunctions can't start: {faults.Count} {(faults.Count == 1 ? "fault" : "faults")} in the configuration."
        + string.Concat(faults.Select(fault => $"{Environment.NewLine}  {fault.Key}: {fault.Message}"));
}
