using LeadFunctions.Settings;
using LeadFunctions.Store;
using LeadFunctions.Tests.Settings;

namespace LeadFunctions.Tests.Store.AzureStorage;

public sealed class AzureStorageOptionsTests
{
    private const string Key = "c2VjcmV0LWtleQ==";

    private static readonly StartEnvironment Alone = StartEnvironment.Read(Given.Settings());

    [Theory]
    [InlineData($"DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey={Key};EndpointSuffix=core.windows.net", "contoso", "https://contoso.table.core.windows.net/")]
    [InlineData($"AccountName=contoso;AccountKey={Key}", "contoso", "https://contoso.table.core.windows.net/")]
    [InlineData($" accountname = contoso ; ACCOUNTKEY={Key};EndpointSuffix=core.usgovcloudapi.net;", "contoso", "https://contoso.table.core.usgovcloudapi.net/")]
    [InlineData($"AccountName=contoso;AccountKey={Key};TableEndpoint=https://tables.contoso.example/;BlobEndpoint=x", "contoso", "https://tables.contoso.example/")]
    [InlineData("UseDevelopmentStorage=true", "devstoreaccount1", "http://127.0.0.1:10002/devstoreaccount1")]
    public void A_connection_string_names_an_account_and_its_address(string text, string name, string tables)
    {
        var azure = Read(("Store:ConnectionString", text)).Azure!;

        Assert.Equal((name, tables, "LeadFunctions"), (azure.Account.Name, azure.Account.Tables.AbsoluteUri, azure.Table));
    }

    [Fact]
    public void Without_one_the_hosts_own_storage_is_taken()
    {
        Assert.Equal("contoso", Read(("AzureWebJobsStorage", $"AccountName=contoso;AccountKey={Key}")).Azure!.Account.Name);
        Assert.Equal("https://contoso.table.core.windows.net/", Read(("AzureWebJobsStorage:accountName", "contoso"), ("AzureWebJobsStorage:credential", "managedidentity")).Azure!.Account.Tables.AbsoluteUri);
        Assert.Equal("other", Read(("AzureWebJobsStorage", $"AccountName=contoso;AccountKey={Key}"), ("Store:AccountName", "other")).Azure!.Account.Name);
    }

    [Fact]
    public void A_name_alone_means_a_managed_identity_in_public_azure() =>
        Assert.Equal("https://contoso.table.core.windows.net/", Read(("Store:AccountName", "contoso"), ("Store:ClientId", "11111111-1111-1111-1111-111111111111"), ("Store:Table", "Leads2")).Azure!.Account.Tables.AbsoluteUri);

    [Theory]
    [InlineData("Store:ConnectionString", "")]
    [InlineData("Store:ConnectionString", "nonsense")]
    [InlineData("Store:ConnectionString", "AccountName=contoso")]
    [InlineData("Store:ConnectionString", "AccountName=contoso;AccountKey=secret-key")]
    [InlineData("Store:ConnectionString", "AccountName=contoso;AccountKey=")]
    [InlineData("Store:ConnectionString", $"AccountName=con toso;AccountKey={Key}")]
    [InlineData("Store:ConnectionString", $"AccountName=contoso;AccountKey={Key};DefaultEndpointsProtocol=ftp")]
    [InlineData("Store:ConnectionString", $"AccountName=contoso;AccountKey={Key};DefaultEndpointsProtocol=http")]
    [InlineData("Store:ConnectionString", "TableEndpoint=https://contoso.table.core.windows.net;SharedAccessSignature=sv=2020&sig=secret-key")]
    [InlineData("AzureWebJobsStorage", "secret-key")]
    [InlineData("Store:AccountName", "https://contoso.table.core.windows.net")]
    [InlineData("Store:Table", "lead-functions")]
    [InlineData("Store:Table", "2leads")]
    public void What_can_not_be_used_is_a_fault_under_its_key_and_shows_no_secret(string key, string value)
    {
        var settings = Given.Settings(("Store:Kind", "AzureStorage"), (key, value), (key == "Store:Table" ? "Store:AccountName" : "Unused", "contoso"));

        StoreOptions.Read(settings, Alone);

        var fault = Assert.Single(settings.Faults);
        Assert.Equal(key, fault.Key);
        Assert.DoesNotContain("secret-key", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_ways_to_the_account_are_one_too_many()
    {
        var settings = Given.Settings(("Store:Kind", "AzureStorage"), ("Store:ConnectionString", "UseDevelopmentStorage=true"), ("Store:AccountName", "contoso"));

        StoreOptions.Read(settings, Alone);

        Assert.Equal(["Store:AccountName"], settings.Faults.Keys());
    }

    [Fact]
    public void In_azure_it_is_what_a_store_must_be_and_bodies_must_fit_into_an_entity()
    {
        (string, string?)[] inAzure = [("WEBSITE_INSTANCE_ID", "x"), (StartEnvironment.HostAddress, "http://127.0.0.1:1/"), ("Destinations:crm:Kind", "File")];

        Assert.Contains("AzureStorage", Assert.Single(Given.FaultsAtStart(inAzure), fault => fault.Key == "Store:Kind").Message, StringComparison.Ordinal);
        Assert.Equal(
            ["Intake:MaxBodyBytes"],
            Given.FaultsAtStart(("Store:Kind", "AzureStorage"), ("Store:ConnectionString", "UseDevelopmentStorage=true"), ("Intake:MaxBodyBytes", "600000")).Keys());
    }

    private static StoreOptions Read(params (string Key, string? Value)[] settings)
    {
        var reader = Given.Settings([("Store:Kind", "AzureStorage"), .. settings]);
        var options = StoreOptions.Read(reader, Alone);
        Assert.Empty(reader.Faults);
        return options;
    }
}
