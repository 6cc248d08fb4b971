using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadFunctions.Benchmarks.Programs;

/// <summary>What everything is compared with: an endpoint that parses the JSON, keeps nothing, and answers as much as LeadFunctions does.</summary>
internal static class BareEndpoint
{
    public const string Command = "bare";

    private static readonly byte[] Answer = Encoding.UTF8.GetBytes($$"""{"leadId":"{{Guid.Empty}}","status":"accepted","duplicate":false}""");

    public static int Run(string port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        });
        builder.Services.AddRoutingCore();
        using var app = builder.Build();
        app.MapPost(LoopbackAddress.LeadsPath, (RequestDelegate)AnswerAsync);
        app.Run();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        using var lead = await JsonDocument.ParseAsync(context.Request.Body);
        var response = context.Response;
        response.StatusCode = lead.RootElement.ValueKind == JsonValueKind.Object ? StatusCodes.Status202Accepted : StatusCodes.Status400BadRequest;
        response.Headers.Location = "/api/runs/00000000-0000-0000-0000-000000000000";
        response.ContentType = "application/json";
        response.ContentLength = Answer.Length;
        await response.Body.WriteAsync(Answer);
    }
}
