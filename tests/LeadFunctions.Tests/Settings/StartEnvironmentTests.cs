using LeadFunctions.Settings;

namespace LeadFunctions.Tests.Settings;

public sealed class StartEnvironmentTests
{
    [Fact]
    public void By_default_it_runs_alone_on_the_port_of_func_start()
    {
        var start = Read();

        Assert.False(start.BehindHost);
        Assert.False(start.InAzure);
        Assert.Equal(["http://localhost:7071"], start.Urls);
        Assert.True(start.OnLoopbackOnly);
    }

    [Fact]
    public void Behind_the_host_it_listens_nowhere_whatever_the_settings_say()
    {
        var start = Read(
            (StartEnvironment.HostAddress, "http://127.0.0.1:51234/"),
            ("urls", "http://*:80"),
            ("Kestrel:Endpoints:a:Url", "http://*:81")
        );

        Assert.True(start.BehindHost);
        Assert.Empty(start.Urls);
    }

    [Theory]
    [InlineData(true, "--host", "127.0.0.1", "--functions-uri", "http://127.0.0.1:51234/")]
    [InlineData(true, "/app/LeadFunctions.dll", "--functions-uri=http://127.0.0.1:51234/")]
    [InlineData(false)]
    [InlineData(false, "serve", "--urls", "http://127.0.0.1:0")]
    [InlineData(false, "send", "--url", "http://127.0.0.1:1/--functions-uri")]
    public void The_arguments_say_whether_the_host_started_it(bool byHost, params string[] args) =>
        Assert.Equal(byHost, StartEnvironment.IsStartedByFunctionsHost(args));

    [Fact]
    public void Alone_its_data_is_where_it_was_started_and_behind_the_host_beside_the_apps_folder()
    {
        var app = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);

        Assert.Equal("data", Read().DataFolder);
        Assert.Equal(
            Path.Combine(Path.GetDirectoryName(app)!, "data"),
            Read((StartEnvironment.HostAddress, "http://127.0.0.1:51234/")).DataFolder
        );
    }

    [Fact]
    public void Azure_is_known_by_its_instance_id() => Assert.True(Read(("WEBSITE_INSTANCE_ID", "abc")).InAzure);

    [Theory]
    [InlineData("urls", "http://localhost:5000;https://localhost:5001", "http://localhost:5000 https://localhost:5001")]
    [InlineData("http_ports", "8080;8081", "http://*:8080 http://*:8081")]
    [InlineData("https_ports", "8443", "https://*:8443")]
    [InlineData("Kestrel:Endpoints:a:Url", "http://localhost:6000", "http://localhost:6000")]
    public void Addresses_come_from_the_servers_own_settings(string key, string value, string urls) =>
        Assert.Equal(urls.Split(' '), Read((key, value)).Urls);

    [Fact]
    public void Endpoints_win_over_urls_and_urls_over_ports()
    {
        Assert.Equal(["http://localhost:1"], Read(("Kestrel:Endpoints:a:Url", "http://localhost:1"), ("urls", "http://localhost:2")).Urls);
        Assert.Equal(["http://localhost:2"], Read(("urls", "http://localhost:2"), ("http_ports", "3")).Urls);
    }

    [Theory]
    [InlineData("http://localhost:5000", true)]
    [InlineData("http://LOCALHOST:5000", true)]
    [InlineData("http://127.0.0.1:5000", true)]
    [InlineData("http://127.9.9.9:5000", true)]
    [InlineData("http://[::1]:5000", true)]
    [InlineData("http://*:5000", false)]
    [InlineData("http://+:5000", false)]
    [InlineData("http://0.0.0.0:5000", false)]
    [InlineData("http://[::]:5000", false)]
    [InlineData("http://leads.contoso.com:5000", false)]
    [InlineData("http://localhost.contoso.com:5000", false)]
    [InlineData("http://192.168.0.5:5000", false)]
    [InlineData("http://localhost:5000;http://*:5001", false)]
    public void Only_this_machine_reaches_loopback(string urls, bool loopback) =>
        Assert.Equal(loopback, Read(("urls", urls)).OnLoopbackOnly);

    [Theory]
    [InlineData("urls", "localhost:5000")]
    [InlineData("urls", "http//localhost")]
    [InlineData("Kestrel:Endpoints:a:Url", "5000")]
    [InlineData("urls", "http://localhost:eighty")]
    [InlineData("urls", "http://localhost:70000")]
    [InlineData("urls", "http://localhost:5000/leads")]
    [InlineData("urls", "tcp://localhost:5000")]
    [InlineData("http_ports", "eighty")]
    [InlineData("https_ports", "70000")]
    public void An_address_that_can_not_be_listened_on_is_a_fault(string key, string value) =>
        Assert.Equal([key], Given.FaultsAtStart(("urls", null), (key, value)).Keys());

    [Fact]
    public void Keys_are_required_beyond_loopback()
    {
        Assert.Equal(["Intake:Keys"], Given.FaultsAtStart(("urls", "http://*:7071")).Keys());
        Assert.Empty(Given.FaultsAtStart(("urls", "http://*:7071"), ("Intake:Keys", "a-key-of-sixteen-letters")));
        Assert.Empty(Given.FaultsAtStart(("urls", "http://localhost:7071")));
        Assert.Empty(Given.FaultsAtStart((StartEnvironment.HostAddress, "http://127.0.0.1:51234/"), ("urls", "http://*:80")));
    }

    private static StartEnvironment Read(params (string Key, string? Value)[] settings) => StartEnvironment.Read(Given.Settings(settings));
}
