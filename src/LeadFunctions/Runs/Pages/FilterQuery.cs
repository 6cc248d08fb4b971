namespace LeadFunctions.Runs.Pages;

/// <summary>A list's filter as it stands in the address, for links and forms that keep it.</summary>
internal sealed class FilterQuery(IQueryCollection query)
{
    private static readonly string[] Names = ["text", "status", "destination", "source", "from", "to", "test", "take"];

    public string this[string name] => query[name].ToString();

    /// <summary>The parameters that say something, but how many are shown at once.</summary>
    public IEnumerable<(string Name, string Value)> Filters => Pairs.Where(pair => pair.Name != "take");

    public bool IsEmpty => !Filters.Any();

    public bool IsNextPage => this["next"].Length > 0;

    private IEnumerable<(string Name, string Value)> Pairs => Names.Select(name => (name, this[name])).Where(pair => pair.Item2.Length > 0);

    public string Address(string path, params IEnumerable<(string Name, string Value)> more) =>
        path + QueryString.Create(Pairs.Where(pair => !more.Any(other => other.Name == pair.Name)).Concat(more).Where(pair => pair.Value.Length > 0).Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value)));
}
