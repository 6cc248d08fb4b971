using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
await builder.Build().RunAsync();

namespace LeadFunctions.MinimalWorker
{
    /// <summary>Parses the JSON, keeps nothing, and answers as much as LeadFunctions does.</summary>
    public static class MinimalFunction
    {
        private const string Answer = """{"leadId":"00000000-0000-0000-0000-000000000000","status":"accepted","duplicate":false}""";

        [Function("leads")]
        public static async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "leads")] HttpRequest request)
        {
            using var lead = await JsonDocument.ParseAsync(request.Body);
            return Results.Text(Answer, "application/json", statusCode: lead.RootElement.ValueKind == JsonValueKind.Object ? 202 : 400);
        }
    }
}
