using LeadFunctions;
using LeadFunctions.Commands;
using LeadFunctions.Settings;

// What the program is made of stands in LeadFunctionsServices, a line for each feature. It runs in two ways: as the worker of a Functions
// host, or by the command line, which serves alone when no command is given.
// Which of them is decided before anything reads the arguments: the host's are no command line of ours.
return StartEnvironment.IsStartedByFunctionsHost(args)
    ? await LeadFunctionsWorker.RunAsync()
    : await CommandLine.RunAsync(args);
