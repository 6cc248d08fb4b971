using LeadFunctions.Destinations.Files;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Destinations.Files;

public sealed class WriteCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_place_that_can_be_written_is_left_as_it_is()
    {
        File.WriteAllText(_folder.File("crm.jsonl"), "kept\n");

        Assert.True(WriteCheck.OfFile(_folder.File("crm.jsonl")).Passed);
        Assert.True(WriteCheck.OfFile(_folder.File("other.jsonl")).Passed);
        Assert.True(WriteCheck.OfFolder(_folder.Path).Passed);

        Assert.Equal(["crm.jsonl"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        Assert.Equal("kept\n", File.ReadAllText(_folder.File("crm.jsonl")));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_said_with_what_to_do()
    {
        File.WriteAllText(_folder.File("file"), "");

        Assert.All([WriteCheck.OfFile(_folder.File("file/crm.jsonl")), WriteCheck.OfFolder(_folder.File("file"))], result =>
        {
            Assert.False(result.Passed);
            Assert.Contains("Path", result.Advice, StringComparison.Ordinal);
        });
    }
}
