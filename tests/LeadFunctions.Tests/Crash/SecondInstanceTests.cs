using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Crash;

public sealed class SecondInstanceTests
{
    [Fact]
    public async Task A_second_program_on_the_same_store_ends_with_1_and_says_why_and_the_first_goes_on()
    {
        await using var scene = await CrashScene.SetAsync();
        await scene.StartAsync(("Store__Path", scene.Folder.File("leads.db")));

        var second = LeadProcess.RunAsync(scene.Folder, [("Store__Path", scene.Folder.File("leads.db"))], "--urls", "http://127.0.0.1:0");
        await scene.PostAsync(20);
        var (exitCode, output) = await second;
        await scene.PostAsync(20);
        await scene.WaitUntilAllArrivedAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("Another LeadFunctions uses", output, StringComparison.Ordinal);
        Assert.Contains("leads.db", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Equal(40, scene.Acknowledged.Count);
        Assert.Empty(scene.MailedAgain());
    }
}
