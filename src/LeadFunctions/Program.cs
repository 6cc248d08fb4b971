using LeadFunctions;
using LeadFunctions.Commands;
using LeadFunctions.Settings;

// Decided before anything reads the arguments: the Functions host's are no command line of ours.
return StartEnvironment.IsStartedByFunctionsHost(args) ? await LeadFunctionsWorker.RunAsync() : await CommandLine.RunAsync(args);
