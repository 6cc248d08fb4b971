namespace LeadFunctions.Hosting;

/// <summary>A key that lets a caller in.</summary>
/// <param name="Name">What people call it; it may be shown and recorded.</param>
/// <param name="Value">16 characters or more; never shown.</param>
internal sealed record AccessKey(string Name, string Value)
{
    public override string ToString() => Name;
}
