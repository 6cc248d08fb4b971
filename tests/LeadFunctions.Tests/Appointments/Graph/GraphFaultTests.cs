using System.Globalization;
using System.Text.Json;
using LeadFunctions.Appointments.Graph;
using LeadFunctions.Commands;
using LeadFunctions.Destinations;
using LeadFunctions.Remote;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Appointments.Graph;

/// <summary>What Graph and its sign-in can answer instead of appointments, and what is made of it.</summary>
public sealed class GraphFaultTests : IAsyncLifetime
{
    private const string Business = "contoso@contoso.example";

    private readonly RemoteClient _remote = new();
    private readonly ManualTime _time = new();
    private FakeGraph _graph = null!;
    private FakeEntra _entra = null!;
    private HttpClient _identity = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _graph = await FakeGraph.StartAsync(requireToken: true);
        _graph.AddBusiness(Business);
        _entra = await FakeEntra.StartAsync(accept: _graph.AcceptToken);
        _identity = LoopbackAuthorityHandler.CreateClient(_entra.Url);
    }

    public async ValueTask DisposeAsync()
    {
        _remote.Dispose();
        _identity.Dispose();
        await _graph.DisposeAsync();
        await _entra.DisposeAsync();
    }

    [Fact]
    public async Task A_business_that_can_be_read_passes()
    {
        var result = await CheckAsync();

        Assert.True(result.Passed, result.Advice);
        Assert.Contains(Business, result.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_is_told_from_everything_else()
    {
        var result = await CheckAsync(Options() with { SignIn = SignIn("a wrong one") });

        Holds(result, "No token", "AADSTS7000215", "Bookings:TenantId", "secret");
        Assert.DoesNotContain("a wrong one", result.Advice!, StringComparison.Ordinal);
        Assert.Empty(_graph.Requests);
    }

    [Theory]
    [InlineData(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.", "Bookings.Read.All")]
    [InlineData(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", "consent")]
    [InlineData(429, "TooManyRequests", "Too many requests.", "Bookings:PollInterval")]
    [InlineData(500, "UnknownError", "An error has occurred.", "Nothing is lost")]
    [InlineData(503, "ServiceUnavailable", "Later.", "Nothing is lost")]
    [InlineData(400, "ErrorFolderNotFound", "The specified folder could not be found in the store.", "Bookings:Businesses")]
    public async Task What_Graph_says_comes_with_what_to_do(int status, string code, string message, string advice)
    {
        _graph.Always = Fault.Status(status, FakeGraph.ErrorBody(code, message), "application/json", status == 429 ? [("Retry-After", "20")] : []);

        Holds(await CheckAsync(), $"{status} {code}", message, advice);
    }

    [Fact]
    public async Task A_business_that_there_is_not_is_named() =>
        Holds(await CheckAsync(Options() with { Businesses = ["fabrikam@contoso.example"] }), "fabrikam@contoso.example", "Bookings:Businesses");

    [Fact]
    public async Task A_token_that_Graph_refuses_is_renewed_once()
    {
        _graph.FailNext(Fault.Status(401, FakeGraph.ErrorBody("InvalidAuthenticationToken", "Access token has expired.")));
        Assert.True((await CheckAsync()).Passed);
        Assert.Equal(2, _entra.Tokens.Count);

        _graph.Always = Fault.Status(401, FakeGraph.ErrorBody("InvalidAuthenticationToken", "Access token validation failure."));
        Holds(await CheckAsync(), "401 InvalidAuthenticationToken", "Bookings:GraphUrl");
    }

    [Fact]
    public async Task Nobody_there_is_an_answer_too()
    {
        await _graph.DisposeAsync();

        Holds(await CheckAsync(), "could not be reached", "Nothing is lost");
    }

    [Fact]
    public async Task What_is_no_JSON_is_said_to_be_none()
    {
        _graph.Always = Fault.Status(200, "<html>Sign in to the network</html>", "text/html");

        Holds(await CheckAsync(), "text/html", "proxy");
    }

    [Theory]
    [InlineData(404, "<html>Not found</html>", "text/html")]
    [InlineData(404, "", "text/plain")]
    [InlineData(404, """{"error":{"code":"BadRequest","message":"Resource not found for the segment 'appointments'."}}""", "application/json")]
    [InlineData(404, """{"error":{"code":"ErrorNonExistentMailbox","message":"No mailbox."}}""", "application/json")]
    [InlineData(200, """{"error":{"code":"UnknownError","message":"Later."}}""", "application/json")]
    [InlineData(200, "{}", "application/json")]
    public async Task Only_Graphs_own_word_makes_an_appointment_one_that_is_gone(int status, string body, string type)
    {
        var calendar = new GraphCalendar(Client(), _graph.Url);
        _graph.FailNext(Fault.Status(status, body, type));

        await Assert.ThrowsAsync<GraphUnavailableException>(() => calendar.FindAsync(Business, "a", Token));

        Assert.Null(await calendar.FindAsync(Business, "a", Token));
    }

    [Fact]
    public async Task Of_the_waits_that_Graph_asks_for_the_latest_counts()
    {
        _graph.Always = Fault.Status(
            429, FakeGraph.ErrorBody("TooManyRequests", "Too many requests."), "application/json", ("Retry-After", "20"), ("RateLimit-Reset", "600"), ("RateLimit-Remaining", "0"));

        var exception = await Assert.ThrowsAsync<GraphUnavailableException>(() => new GraphCalendar(Client(), _graph.Url).FindAsync(Business, "a", Token));

        Assert.Equal(TimeSpan.FromMinutes(10), exception.Fault.Wait);
    }

    [Fact]
    public async Task A_link_to_another_host_is_not_followed_with_the_token()
    {
        _graph.NextLinkHost = "https://elsewhere.example";
        _graph.PageSize = 1;
        foreach (var id in new[] { "a", "b" })
        {
            _graph.Put(Business, Booked.Appointment(id, _time.GetUtcNow() + TimeSpan.FromHours(1), _time.GetUtcNow(), 1, Booked.Customer(id)));
        }

        Holds(await CheckAsync(), "another host");
    }

    [Fact]
    public async Task Asked_to_wait_a_reader_waits_as_long_as_it_is_asked()
    {
        var calendar = new GraphCalendar(Client(), _graph.Url);
        _graph.FailNext(Fault.Status(429, FakeGraph.ErrorBody("TooManyRequests", "Too many requests."), "application/json", ("Retry-After", "20")));

        var reading = calendar.ListAsync(Business, _time.GetUtcNow(), _time.GetUtcNow() + TimeSpan.FromDays(1), Token);
        await Eventually.TrueAsync(() => _time.HasTimerAt(_time.GetUtcNow() + TimeSpan.FromSeconds(20)), "the reader waits");
        Assert.Single(_graph.Requests);
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Empty(await reading);
    }

    [Fact]
    public async Task Asked_to_wait_long_a_reader_gives_up_and_says_how_long()
    {
        _graph.Always = Fault.Status(429, FakeGraph.ErrorBody("TooManyRequests", "Too many requests."), "application/json", ("Retry-After", "600"));

        var exception = await Assert.ThrowsAsync<GraphUnavailableException>(() => new GraphCalendar(Client(), _graph.Url).FindAsync(Business, "a", Token));

        Assert.Equal((GraphFaultKind.Throttled, TimeSpan.FromMinutes(10)), (exception.Fault.Kind, exception.Fault.Wait));
    }

    /// <summary>A time that the clocks skipped, and one that they had twice.</summary>
    [Theory]
    [InlineData("2027-03-28T01:30:00", "2027-03-28T00:30:00Z")]
    [InlineData("2027-03-28T02:30:00", "2027-03-28T01:30:00Z")]
    [InlineData("2027-03-28T03:30:00", "2027-03-28T01:30:00Z")]
    [InlineData("2027-10-31T02:30:00", "2027-10-31T01:30:00Z")]
    [InlineData("2027-10-31T03:30:00", "2027-10-31T02:30:00Z")]
    public void An_hour_that_daylight_saving_takes_or_gives_is_a_time_all_the_same(string local, string utc) => Assert.Equal(
        DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture),
        GraphAppointment.Start(JsonElement.Parse($$$"""{"startDateTime":{"dateTime":"{{{local}}}","timeZone":"Europe/Berlin"}}""")));

    private GraphClient Client() => new(Options(), _remote, _time, _identity);

    private BookingsOptions Options() => new([Business], _graph.Url, SignIn(_entra.ClientSecret), TimeSpan.FromMinutes(5), TimeSpan.FromDays(1), TimeSpan.FromDays(365), true);

    private EntraSignIn SignIn(string secret) => new(EntraAuth.ClientSecret, _entra.TenantId, _entra.ClientId, secret, null);

    private async Task<CheckResult> CheckAsync(BookingsOptions? options = null) =>
        Assert.Single(await new BookingsCheck(options ?? Options(), _remote, _time, _identity).RunAsync(Token));

    private static void Holds(CheckResult result, params string[] words)
    {
        Assert.False(result.Passed);
        Assert.All(words, word => Assert.Contains(word, result.Advice!, StringComparison.Ordinal));
    }
}
