namespace LeadFunctions.Runs;

/// <summary>Who asks: the name of the key that they showed. Acts are recorded with it.</summary>
internal sealed record RunCaller(string Name)
{
    public static string Of(HttpContext context) => context.Features.Get<RunCaller>()!.Name;
}
