using System.Net;
using System.Net.Sockets;
using System.Text;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

public sealed class ContentTypeTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("application/json")]
    [InlineData("application/json;")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    [InlineData("json")]
    [InlineData(";;;/=\"")]
    public async Task Whatever_it_claims_to_be_a_json_object_is_a_lead(string? contentType)
    {
        await using var app = await LeadApp.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Samples.Documented));
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await app.Client.PostAsync("/api/leads", content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData("POST /api/leads?code=a-key-for-the-intake HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: \"application/json;\r\nContent-Length: 16\r\n\r\n{\"Description\":1", "HTTP/1.1 400")]
    [InlineData("POST /api/leads?code=a-key-for-the-intake HTTP/1.0\r\nContent-Type: application/json;\r\nContent-Length: 19\r\n\r\n{\"Description\":\"x\"}", "HTTP/1.1 202")]
    [InlineData("POST /api/leads?code=a-key-for-the-intake HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: a\r\nContent-Type: b\r\nContent-Length: 19\r\n\r\n{\"Description\":\"x\"}", "HTTP/1.1 202")]
    [InlineData("POST /api/leads?code=a-key-for-the-intake HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400")]
    [InlineData("POST /api/leads?code=a-key-for-the-intake HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("POST /api/leads?code=a-key-for-the-intake HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: many\r\n\r\n", "HTTP/1.1 400")]
    public async Task Requests_that_no_client_would_send_get_an_answer(string request, string status)
    {
        await using var app = await LeadApp.StartAsync([("Intake:Keys:0", "a-key-for-the-intake")]);
        using var socket = new TcpClient();
        await socket.ConnectAsync(app.Client.BaseAddress!.Host, app.Client.BaseAddress.Port, TestContext.Current.CancellationToken);

        await socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());

        Assert.StartsWith(status, await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
