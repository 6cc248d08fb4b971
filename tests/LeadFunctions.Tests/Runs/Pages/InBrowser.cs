using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Runs.Pages;

/// <summary>One browser at a time: the machines that build have few cores.</summary>
[CollectionDefinition]
public sealed class InBrowser : ICollectionFixture<Browser>;
