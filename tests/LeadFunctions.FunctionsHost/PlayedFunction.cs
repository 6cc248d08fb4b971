using System.Text.Json;
using LeadFunctions.FunctionsHost.Messages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;

namespace LeadFunctions.FunctionsHost;

/// <summary>A function as its worker describes it.</summary>
internal sealed class PlayedFunction
{
    private readonly JsonElement _trigger;
    private readonly TemplateMatcher? _route;

    public PlayedFunction(RpcFunctionMetadata metadata)
    {
        Metadata = metadata;
        Bindings = [.. metadata.RawBindings.Select(binding => JsonElement.Parse(binding))];
        _trigger = Bindings.Single(binding => Trigger(binding).EndsWith("Trigger", StringComparison.OrdinalIgnoreCase));
        Methods = _trigger.TryGetProperty("methods", out var methods)
            ? [.. methods.EnumerateArray().Select(method => method.GetString()!.ToUpperInvariant())]
            : [];
        if (IsHttp)
        {
            Route = _trigger.TryGetProperty("route", out var route) ? route.GetString()! : Name;
            _route = new TemplateMatcher(TemplateParser.Parse($"{PlayedHost.RoutePrefix}/{Route}"), []);
        }
    }

    public RpcFunctionMetadata Metadata { get; }

    public string Name => Metadata.Name;

    public IReadOnlyList<JsonElement> Bindings { get; }

    /// <summary><c>httpTrigger</c>, <c>timerTrigger</c>, <c>queueTrigger</c>.</summary>
    public string Type => Trigger(_trigger);

    public bool IsHttp => Type.Equals("httpTrigger", StringComparison.OrdinalIgnoreCase);

    public bool IsQueue => Type.Equals("queueTrigger", StringComparison.OrdinalIgnoreCase);

    /// <summary>The parameter that the trigger's data is for.</summary>
    public string Parameter => _trigger.GetProperty("name").GetString()!;

    public string? Route { get; }

    public IReadOnlyList<string> Methods { get; }

    /// <summary>Another property of its trigger: <c>authLevel</c>, <c>schedule</c>.</summary>
    public string? Text(string property) => _trigger.TryGetProperty(property, out var value) ? value.GetString() : null;

    public bool Takes(string method, PathString path) => Methods.Contains(method) && Takes(path);

    public bool Takes(PathString path) => _route?.TryMatch(path, []) == true;

    private static string Trigger(JsonElement binding) => binding.GetProperty("type").GetString()!;
}
