namespace LeadFunctions.Tests.Deploy;

/// <summary>The tests that share one <see cref="Package"/>: to make it takes long.</summary>
[CollectionDefinition]
public sealed class Packaged : ICollectionFixture<Package>;
