using LeadFunctions.Leads;

namespace LeadFunctions.Runs;

/// <summary>Reads the parameters of a query string, and names those that can't be read.</summary>
internal sealed class QueryReader(IQueryCollection query, List<Violation> faults)
{
    /// <summary>The parameter's text; null when it is absent or empty.</summary>
    public string? Text(string name)
    {
        if (query[name].Count > 1)
        {
            Fault(name, "is given more than once");
            return null;
        }

        return query[name] is [{ Length: > 0 } text] ? text : null;
    }

    public T? Value<T>(string name, Func<string, T?> parse, string fault)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var value = parse(text);
        if (value is null)
        {
            Fault(name, fault);
        }

        return value;
    }

    /// <summary>Null when the parameter is absent, or neither true nor false.</summary>
    public bool? Flag(string name) =>
        Value(name, text => text switch { "true" => true, "false" => (bool?)false, _ => null }, "is neither true nor false");

    public void Refuse(string name, string fault)
    {
        if (Text(name) is not null)
        {
            Fault(name, fault);
        }
    }

    public void Fault(string name, string message)
    {
        if (!faults.Exists(fault => fault.Path == name))
        {
            faults.Add(new Violation(name, message));
        }
    }
}
